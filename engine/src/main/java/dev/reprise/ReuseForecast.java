package dev.reprise;

import java.util.List;

/**
 * What reuse would have saved a run that kept no values; option {@code --estimate}.
 *
 * @param computations operations above the cost gate that were executed
 * @param repeated those of them whose value had been computed before
 * @param savedNanos what the repeated ones took
 * @param bytes memory that their values would need in the cache, all at once
 * @param statements one per operation and place, most saved time first
 */
public record ReuseForecast(
    long computations, long repeated, long savedNanos, long bytes, List<Statement> statements) {

  /** Copies the statements. */
  public ReuseForecast {
    statements = List.copyOf(statements);
  }

  /**
   * The same for one operation at one place of the script.
   *
   * @param opcode the operation
   * @param place file and line; empty when it is not known
   * @param computations how often it was executed above the cost gate
   * @param repeated those of them whose value had been computed before
   * @param savedNanos what the repeated ones took
   * @param bytes memory that their values would need in the cache
   */
  public record Statement(
      String opcode, String place, long computations, long repeated, long savedNanos, long bytes) {}
}
