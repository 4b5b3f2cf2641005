package dev.reprise.bench.oracle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a script wrote, as text that two systems can be compared by. A folder of part files is the
 * file that they make together, cells of {@code text} and {@code mm} files are sorted, and sidecars
 * show only what both systems say of a file; traces are ours alone. Binary files count by name:
 * each system has its own.
 */
final class WrittenFiles {
  private static final List<String> COMPARED_FACTS =
      List.of("data_type", "value_type", "rows", "cols", "format", "header", "sep");

  private WrittenFiles() {}

  static Map<String, String> in(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> inside = Files.list(folder)) {
      for (Path file : inside.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && !name.matches(".*\\.(crc|lineage)")) {
          files.put(name, name.endsWith(".mtd") ? sidecar(file) : content(file));
        }
      }
    }
    return files;
  }

  private static String content(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      StringBuilder parts = new StringBuilder();
      try (Stream<Path> inside = Files.list(file)) {
        for (Path part : inside.sorted().toList()) {
          String name = part.getFileName().toString();
          if (!name.matches("[._].*|.*\\.lineage")) {
            // Parts of a list, unlike those of a matrix, have sidecars and may be folders.
            parts.append(name.endsWith(".mtd") ? sidecar(part) : content(part));
          }
        }
      }
      return normal(parts.toString());
    }
    return normal(text(file));
  }

  private static String text(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (byte each : bytes) {
      if (each == 0) {
        return "(binary)";
      }
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Sorts the lines of cells {@code i j v}: their order means nothing. */
  private static String normal(String text) {
    List<String> lines = text.lines().toList();
    boolean cells = !lines.isEmpty() && lines.stream().allMatch(l -> l.matches("(%|\\d+ \\d+ ).*"));
    return lines.stream()
        .sorted(cells ? String::compareTo : (_, _) -> 0)
        .collect(Collectors.joining("\n"));
  }

  private static String sidecar(Path file) throws IOException {
    return Files.readString(file)
        .lines()
        .map(line -> line.strip().replaceAll(",$", "").replaceAll("\"\\s*:\\s*", "\": "))
        .filter(line -> COMPARED_FACTS.stream().anyMatch(fact -> line.startsWith("\"" + fact)))
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
