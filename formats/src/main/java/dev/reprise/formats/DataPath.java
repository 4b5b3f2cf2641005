package dev.reprise.formats;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where data lies: one file, or a folder whose files, sorted by name, are one input. Hidden files,
 * files that start with an underscore and checksums of other systems do not count.
 *
 * @param path absolute path of the file or folder
 * @param parts the files that hold the data, in order
 * @param external files that the first part says hold more of the data, in a fixed order
 */
record DataPath(Path path, List<Path> parts, List<Path> external) {
  private static final String PART_NAME = "(part-.*|\\d+-[mr]-\\d+.*|\\d+|[._].*|.*\\.crc)";

  /**
   * Finds what is to be read, with all files that its content lies in.
   *
   * @param cache knows what models say of files beside them
   */
  static DataPath find(ReadRequest request, FingerprintCache cache) {
    DataPath data = find(request.path(), request.workingDirectory());
    return NetworkFile.isAt(request)
        ? new DataPath(data.path, data.parts, NetworkFile.external(data.path, cache))
        : data;
  }

  /**
   * Finds what a script names.
   *
   * @throws FormatException when nothing is there, or a folder holds no data files
   */
  static DataPath find(String given, Path workingDirectory) {
    Path path = resolve(given, workingDirectory);
    if (Files.isDirectory(path)) {
      List<Path> parts = list(path).stream().filter(DataPath::isData).sorted().toList();
      if (parts.isEmpty()) {
        throw new FormatException(path.toString(), "the folder holds no data files");
      }
      return new DataPath(path, parts, List.of());
    }
    if (!Files.exists(path)) {
      throw new FormatException(given, missing(path));
    }
    if (!Files.isRegularFile(path)) {
      // Its content could be looked at only once, and is needed twice: to be named and to be read.
      throw new FormatException(
          given, "this is a device or pipe; copy its content to a file and read that");
    }
    return new DataPath(path, List.of(path), List.of());
  }

  /** The absolute path that a script means. */
  static Path resolve(String given, Path workingDirectory) {
    if (given.isBlank()) {
      throw new FormatException("\"" + given + "\"", "the path is empty");
    }
    try {
      if (given.startsWith("file:")) {
        String rest = given.substring("file:".length());
        return workingDirectory.resolve(unescaped(given, rest)).toAbsolutePath().normalize();
      }
      int scheme = given.indexOf(":/");
      if (scheme > 1 && isWord(given.substring(0, scheme))) {
        throw new FormatException(
            given,
            "only local paths and file: URIs can be read and written, not "
                + given.substring(0, scheme + 1));
      }
      return workingDirectory.resolve(given).toAbsolutePath().normalize();
    } catch (IllegalArgumentException e) {
      throw new FormatException(given, "this is not a path: " + e.getMessage());
    }
  }

  /** The path of a URI; one with characters that URIs must escape is taken as it stands. */
  private static Path unescaped(String uri, String rest) {
    try {
      return rest.startsWith("/") ? Path.of(URI.create(uri).getPath()) : Path.of(rest);
    } catch (IllegalArgumentException e) {
      return Path.of(rest.replaceFirst("^//+", "/"));
    }
  }

  private static boolean isWord(String text) {
    return text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '+' || c == '-');
  }

  /** True when a folder looks like the output of a parallel write and nothing else. */
  static boolean holdsOnlyParts(Path folder) {
    return list(folder).stream()
        .allMatch(file -> Files.isRegularFile(file) && nameOf(file).matches(PART_NAME));
  }

  private static boolean isData(Path file) {
    String name = nameOf(file);
    return Files.isRegularFile(file)
        && !name.startsWith(".")
        && !name.startsWith("_")
        && !name.endsWith(".crc")
        && !isCompanion(name);
  }

  /** What lies beside data and is none. */
  private static boolean isCompanion(String name) {
    return name.endsWith(".mtd") || name.endsWith(".lineage");
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString();
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw FileProblems.reading(folder, e);
    }
  }

  private static String missing(Path path) {
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return "there is no such file, nor the folder " + folder;
    }
    if (Files.isSymbolicLink(path)) {
      return "there is no such file: the symbolic link leads nowhere (looked in " + folder + ")";
    }
    String wanted = nameOf(path).toLowerCase(Locale.ROOT);
    String near =
        list(folder).stream()
            .map(DataPath::nameOf)
            .filter(name -> !isCompanion(name) && isNear(name.toLowerCase(Locale.ROOT), wanted))
            .sorted()
            .limit(3)
            .reduce((a, b) -> a + ", " + b)
            .orElse("");
    String hint = near.isEmpty() ? "" : "; did you mean " + near + "?";
    return "there is no such file (looked in " + folder + ")" + hint;
  }

  /** Same name but for an ending, or one differing character. */
  private static boolean isNear(String name, String wanted) {
    if (name.startsWith(wanted) || wanted.startsWith(name) && name.length() > 2) {
      return true;
    }
    int shorter = Math.min(name.length(), wanted.length());
    int prefix = 0;
    while (prefix < shorter && name.charAt(prefix) == wanted.charAt(prefix)) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && name.charAt(name.length() - 1 - suffix) == wanted.charAt(wanted.length() - 1 - suffix)) {
      suffix++;
    }
    return Math.max(name.length(), wanted.length()) - prefix - suffix <= 2;
  }
}
