package dev.reprise;

import java.nio.file.Path;
import java.util.Map;

/**
 * What to replay, and what to do with it; start from {@link #of} or {@link #ofStored} and change
 * with the {@code with} methods.
 *
 * @param trace the lineage file; null for a value of the session's experiment store
 * @param lineage of that value, its first digits; null for a file
 * @param until the item to compute, as {@link dev.reprise.lineage.ItemSelector} takes it; null for
 *     the first output
 * @param replacements files to read instead, by the path of the input or its number ({@code %3})
 * @param output the file to write; null for none
 * @param format its format; null for that of the file's name
 * @param comparison with what to compare it
 */
public record ReplayRequest(
    Path trace,
    String lineage,
    String until,
    Map<String, Path> replacements,
    Path output,
    String format,
    Comparison comparison) {

  /** With what a replayed value is compared. */
  public sealed interface Comparison {
    /** With nothing. */
    record None() implements Comparison {}

    /**
     * With the value in a file.
     *
     * @param stored the file
     */
    record WithFile(Path stored) implements Comparison {}

    /** With what the session's experiment store keeps of a value of that store. */
    record WithKept() implements Comparison {}
  }

  /**
   * Copies the replacements.
   *
   * @throws IllegalArgumentException with a file and the lineage of a value, or neither
   */
  public ReplayRequest {
    if ((trace == null) == (lineage == null)) {
      throw new IllegalArgumentException("either a file or the lineage of a value is replayed");
    }
    replacements = Map.copyOf(replacements);
  }

  private ReplayRequest(Path trace, String lineage) {
    this(trace, lineage, null, Map.of(), null, null, new Comparison.None());
  }

  /**
   * The first output, neither written nor compared.
   *
   * @param trace the lineage file
   * @return a request that can be changed
   */
  public static ReplayRequest of(Path trace) {
    return new ReplayRequest(trace, null);
  }

  /**
   * A value of the session's experiment store, neither written nor compared.
   *
   * @param digits with which its lineage begins, 4 to 32 hexadecimal ones in lower case
   * @return a request that can be changed
   */
  public static ReplayRequest ofStored(String digits) {
    return new ReplayRequest(null, digits);
  }

  /**
   * This request for another item.
   *
   * @param item to compute, as {@link dev.reprise.lineage.ItemSelector} takes it; null for the
   *     first output
   * @return the new request; this one is as before
   */
  public ReplayRequest withUntil(String item) {
    return new ReplayRequest(trace, lineage, item, replacements, output, format, comparison);
  }

  /**
   * This request with other files to read.
   *
   * @param files to read instead, by the path of the input or its number ({@code %3})
   * @return the new request; this one is as before
   */
  public ReplayRequest withReplacements(Map<String, Path> files) {
    return new ReplayRequest(trace, lineage, until, files, output, format, comparison);
  }

  /**
   * This request, whose value is written.
   *
   * @param file to write; null for none
   * @param as its format; null for that of the file's name
   * @return the new request; this one is as before
   */
  public ReplayRequest withOutput(Path file, String as) {
    return new ReplayRequest(trace, lineage, until, replacements, file, as, comparison);
  }

  /**
   * This request, whose value is compared with the one in a file.
   *
   * @param file null for none
   * @return the new request; this one is as before
   */
  public ReplayRequest withStored(Path file) {
    return with(file == null ? new Comparison.None() : new Comparison.WithFile(file));
  }

  /**
   * This request with another comparison.
   *
   * @param other with what the value is compared
   * @return the new request; this one is as before
   */
  public ReplayRequest with(Comparison other) {
    return new ReplayRequest(trace, lineage, until, replacements, output, format, other);
  }
}
