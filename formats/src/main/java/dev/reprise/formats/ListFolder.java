package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A list as SystemDS keeps it: a folder with one entry per element, {@code 0_name}, {@code 1_name},
 * ..., each with its own sidecar; the folder's sidecar says that it is a list. The name of an
 * element without one is {@code null}.
 */
final class ListFolder {
  private static final Pattern ENTRY = Pattern.compile("(\\d{1,9})_(.*)");
  private static final String NO_NAME = "null";

  private ListFolder() {}

  /** True when a path is a folder that holds a list, or is said to. */
  static boolean isAt(Path path, String statedType) {
    if (!Files.isDirectory(path)) {
      return false;
    }
    String type = statedType != null ? statedType : Sidecar.of(path).dataType();
    return type != null && type.strip().equalsIgnoreCase("list");
  }

  /** Where an element is written. */
  static Path entry(Path folder, int index, String name) {
    String file = index + "_" + (name == null || name.isEmpty() ? NO_NAME : name);
    if (file.indexOf('/') >= 0) {
      throw new FormatException(
          folder.toString(),
          "the element name \"" + name + "\" cannot be part of a file name; name it otherwise");
    }
    return folder.resolve(file);
  }

  /** All elements in order. */
  static List<ListEntry> entries(Path folder) {
    record Numbered(int index, ListEntry entry) {}
    List<Numbered> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher matcher = ENTRY.matcher(file.getFileName().toString());
        if (matcher.matches() && Files.isRegularFile(Sidecar.readFor(file))) {
          String name = matcher.group(2).equals(NO_NAME) ? null : matcher.group(2);
          found.add(new Numbered(Integer.parseInt(matcher.group(1)), new ListEntry(name, file)));
        }
      }
    } catch (IOException e) {
      throw FileProblems.reading(folder, e);
    }
    found.sort(Comparator.comparingInt(Numbered::index));
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).index() != i) {
        throw new FormatException(
            folder.toString(), "element " + (i + 1) + " of the list (" + i + "_...) is missing");
      }
    }
    long stated = Sidecar.of(folder).rows();
    if (stated >= 0 && stated != found.size()) {
      throw new FormatException(
          folder.toString(),
          "the sidecar says "
              + stated
              + " elements, the folder has "
              + found.size()
              + " with a sidecar each");
    }
    return found.stream().map(Numbered::entry).toList();
  }

  /** The identity of a list: its elements' names and identities, in order; 32 digits. */
  static String fingerprint(Path folder, FingerprintCache cache) {
    Checksum all = new Checksum().text("list");
    for (ListEntry entry : entries(folder)) {
      all.text(entry.name() == null ? "" : entry.name());
      all.text(
          isAt(entry.path(), null)
              ? fingerprint(entry.path(), cache)
              : ContentFingerprint.of(DataPath.find(entry.request(), cache), cache).hex());
    }
    HashValue128 value = all.value();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(value.getMostSignificantBits())
        + hex.toHexDigits(value.getLeastSignificantBits());
  }

  /** True when a folder holds nothing but a list, so that another output may replace it. */
  static boolean holdsOnlyAList(Path folder) {
    if (!isAt(folder, null)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.allMatch(file -> isOfAList(file));
    } catch (IOException e) {
      throw FileProblems.reading(folder, e);
    }
  }

  private static boolean isOfAList(Path file) {
    String name = file.getFileName().toString();
    boolean element = name.startsWith(".") || ENTRY.matcher(name).matches();
    return element
        && (!Files.isDirectory(file) || holdsOnlyAList(file) || DataPath.holdsOnlyParts(file));
  }
}
