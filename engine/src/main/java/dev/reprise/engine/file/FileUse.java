package dev.reprise.engine.file;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.LinkedPlace;
import dev.reprise.formats.ReadRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a script does with a file: which places of the file system it reads or writes, under their
 * real names. Two uses of which one writes must keep their order where their places touch ({@link
 * TouchedPlaces}). Thread-safe.
 *
 * <pre>
 *   reads     the file and its description; what else lies elsewhere and is read with it: the
 *             cells of a model, parts and elements that are links
 *   looks     the file alone
 *   writes    the file, its description and its trace
 *   saves     the file alone
 * </pre>
 *
 * <p>Symbolic links are followed, and read: who writes by a link leaves it and writes what it leads
 * to. Descriptions and traces lie beside that; those beside a link are its own ({@link
 * LinkedPlace}).
 */
public final class FileUse {
  private final Path file;
  private final boolean writes;
  private final Function<Path, List<Path>> beside;
  private final Supplier<List<Path>> content;

  /**
   * @param beside what lies beside the file and is used with it, as the file system is now
   * @param content likewise what it is made of
   */
  private FileUse(
      Path file, boolean writes, Function<Path, List<Path>> beside, Supplier<List<Path>> content) {
    this.file = file;
    this.writes = writes;
    this.beside = beside;
    this.content = content;
  }

  /**
   * The real names of what a use touches.
   *
   * @param links that lead there, and are read
   */
  record Places(Set<Path> touched, Set<Path> links) {
    Stream<Path> all() {
      return Stream.concat(links.stream(), touched.stream());
    }
  }

  /** Reads what a request asks for. */
  public static FileUse reads(ReadRequest request, DataFiles files) {
    Path file = DataFiles.resolve(request.path(), request.workingDirectory());
    return new FileUse(file, false, DataFiles::descriptions, () -> files.files(request));
  }

  /** Reads one file, or looks whether it is there. */
  public static FileUse looks(Path file) {
    return new FileUse(file, false, _ -> List.of(), List::of);
  }

  /** Writes a value to a file or folder. */
  public static FileUse writes(Path file) {
    return new FileUse(file, true, FileUse::writtenBeside, List::of);
  }

  /** Writes a file with nothing beside it. */
  public static FileUse saves(Path file) {
    return new FileUse(file, true, _ -> List.of(), List::of);
  }

  private static List<Path> writtenBeside(Path file) {
    return Stream.concat(
            DataFiles.writtenDescriptions(file).stream(), TraceFile.writtenBeside(file).stream())
        .toList();
  }

  /** As the script names it, absolute. */
  Path file() {
    return file;
  }

  /** Whether it writes. */
  boolean isWrite() {
    return writes;
  }

  /** Whether this is a device or pipe, which gives and takes what comes. */
  boolean isFree() {
    return DataFiles.isSpecial(file);
  }

  /** What it touches as the file system is now. */
  Places places() {
    Places places = new Places(new LinkedHashSet<>(), new LinkedHashSet<>());
    add(file, places);
    beside.apply(file).forEach(each -> add(each, places));
    for (Path each : content.get()) {
      // What lies in the folder that is read is read with it.
      if (!each.startsWith(file) || Files.isSymbolicLink(each)) {
        add(each, places);
      }
      for (Path described : DataFiles.descriptions(each)) {
        if (!described.startsWith(file) || Files.isSymbolicLink(described)) {
          add(described, places);
        }
      }
    }
    return places;
  }

  private void add(Path path, Places places) {
    places.touched.add(LinkedPlace.real(path, places.links));
  }
}
