package dev.reprise.bench.compare;

import java.util.Collections;
import java.util.List;

/** Cells of comparisons for tests: of one run. */
final class Cells {
  private Cells() {}

  /**
   * What one system took.
   *
   * @param seconds of the script; the process took one more
   * @param counts null when the system tells none
   */
  static Comparison.Cell cell(
      String system, String mode, double seconds, String outcome, boolean agrees, Counts counts) {
    return new Comparison.Cell(
        system,
        mode,
        List.of(seconds + 1),
        List.of(seconds),
        List.of(0.5),
        List.of(outcome),
        List.of(),
        agrees,
        List.of(),
        Collections.singletonList(counts));
  }
}
