package dev.reprise.engine;

import dev.reprise.formats.DataFiles;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds library functions and sourced files: beside the script, in the working directory, in the
 * user's library folders, then among the shipped resources. Thread-safe.
 */
final class LibraryResolver implements SourceResolver {
  private static final String RESOURCES = "/dev/reprise/library/";
  private static final String INDEX = RESOURCES + "index.txt";
  private static final String EXTENSION = ".dml";
  private static final String URI_SCHEME = "file:";

  private static final Path SOURCE_TREE = Path.of("scripts");

  private final List<Path> scriptFolders;
  private final List<Path> libraries;

  /**
   * @param scriptFolders where sourced paths are looked up first: the script's folder, the working
   *     directory
   * @param libraries the user's folders, in order
   */
  LibraryResolver(List<Path> scriptFolders, List<Path> libraries) {
    this.scriptFolders = List.copyOf(scriptFolders);
    this.libraries = libraries;
  }

  @Override
  public Optional<SourceFile> library(String functionName) {
    String file = functionName + EXTENSION;
    for (Path folder : libraries) {
      Path candidate = folder.resolve(file);
      if (Files.isRegularFile(candidate)) {
        return Optional.of(load(candidate, candidate.toString(), SourceFile.Origin.LIBRARY));
      }
    }
    return resource(file);
  }

  @Override
  public Optional<SourceFile> source(String path, SourceFile from) {
    Path given;
    try {
      given = given(path);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // what is no path names no file
    }
    Path fromFolder = Path.of(from.name()).getParent();
    if (from.origin() != SourceFile.Origin.SHIPPED && fromFolder != null) {
      Path beside = fromFolder.resolve(given);
      if (Files.isRegularFile(beside)) {
        return Optional.of(load(beside, beside.toString(), SourceFile.Origin.SCRIPT));
      }
    }
    for (Path folder : scriptFolders) {
      Path candidate = folder.resolve(given);
      if (Files.isRegularFile(candidate)) {
        return Optional.of(load(candidate, path, SourceFile.Origin.SCRIPT));
      }
    }
    for (Path folder : libraries) {
      Path candidate = folder.resolve(given);
      if (Files.isRegularFile(candidate)) {
        return Optional.of(load(candidate, candidate.toString(), SourceFile.Origin.LIBRARY));
      }
    }
    return given.isAbsolute() ? Optional.empty() : shipped(given.normalize());
  }

  /** A path as it is written; of a {@code file:} URI that of {@code read}. */
  private static Path given(String path) {
    if (!path.startsWith(URI_SCHEME)) {
      return Path.of(path);
    }
    String rest = path.substring(URI_SCHEME.length());
    return rest.startsWith("/") ? DataFiles.resolve(path, Path.of("/")) : Path.of(rest);
  }

  /** SystemDS's users also write {@code scripts/nn/...}, as in its source tree. */
  private static Optional<SourceFile> shipped(Path given) {
    return resource(
        given.startsWith(SOURCE_TREE)
            ? SOURCE_TREE.relativize(given).toString()
            : given.toString());
  }

  @Override
  public Set<String> libraryFunctions() {
    Set<String> names = new TreeSet<>();
    for (Path folder : libraries) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(EXTENSION))
            .forEach(name -> names.add(stripped(name)));
      } catch (IOException e) {
        // A folder that cannot be listed offers no hints; a call into it reports the real trouble.
      }
    }
    shippedFiles().filter(name -> name.indexOf('/') < 0).forEach(name -> names.add(stripped(name)));
    return names;
  }

  @Override
  public Set<String> librarySources() {
    return shippedFiles().collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> shippedFiles() {
    try (InputStream index = LibraryResolver.class.getResourceAsStream(INDEX)) {
      return index == null
          ? Stream.empty()
          : new String(index.readAllBytes(), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stripped(String file) {
    return file.substring(0, file.length() - EXTENSION.length());
  }

  /** Folders are resources, too, and their text is a list of names: only scripts are shipped. */
  private static Optional<SourceFile> resource(String path) {
    if (!path.endsWith(EXTENSION)) {
      return Optional.empty();
    }
    try (InputStream in = LibraryResolver.class.getResourceAsStream(RESOURCES + path)) {
      return in == null
          ? Optional.empty()
          : Optional.of(
              new SourceFile(
                  SourceFile.SHIPPED_PREFIX + path,
                  new String(in.readAllBytes(), StandardCharsets.UTF_8),
                  SourceFile.Origin.SHIPPED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SourceFile load(Path file, String name, SourceFile.Origin origin) {
    try {
      return new SourceFile(name, Files.readString(file, StandardCharsets.UTF_8), origin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
