package dev.reprise;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What to do with a trace; start from {@link #of} and change with the {@code with} methods.
 *
 * @param trace the lineage file
 * @param until the item to compute, as {@link dev.reprise.lineage.ItemSelector} takes it; null for
 *     the first output
 * @param replacements files to read instead, by the path of the input or its number ({@code %3})
 * @param output the file to write; null for none
 * @param format its format; null for that of the file's name
 * @param stored a file with the value to compare with; null for none
 */
public record ReplayRequest(
    Path trace,
    String until,
    Map<String, Path> replacements,
    Path output,
    String format,
    Path stored) {

  public ReplayRequest {
    Objects.requireNonNull(trace);
    replacements = Map.copyOf(replacements);
  }

  /** The first output, neither written nor compared. */
  public static ReplayRequest of(Path trace) {
    return new ReplayRequest(trace, null, Map.of(), null, null, null);
  }

  public ReplayRequest withUntil(String item) {
    return new ReplayRequest(trace, item, replacements, output, format, stored);
  }

  public ReplayRequest withReplacements(Map<String, Path> files) {
    return new ReplayRequest(trace, until, files, output, format, stored);
  }

  public ReplayRequest withOutput(Path file, String as) {
    return new ReplayRequest(trace, until, replacements, file, as, stored);
  }

  public ReplayRequest withStored(Path file) {
    return new ReplayRequest(trace, until, replacements, output, format, file);
  }
}
