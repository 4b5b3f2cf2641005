package dev.reprise.bench.compare;

import java.util.List;
import java.util.Optional;

/**
 * What reuse gains in one workload, and what it could gain.
 *
 * <p>The ceiling is what would be left of the time without reuse if every repeated operation cost
 * nothing: {@code none / (none - saved / workers)}. Saved is the greater of two sums of the
 * operations' own times: that of all repetitions, as the run with reuse of whole operations counted
 * them, and that by which the operations of the hybrid run were shorter, which counts what partial
 * results saved, too. Workers is how many were in kernels at a time without reuse.
 *
 * @param none seconds without reuse
 * @param hybrid seconds with all of it
 * @param ceiling most times faster; NaN where the runs counted nothing
 */
record Gain(double none, double hybrid, double ceiling) {
  // Where nearly all time is saved, the quotient would be noise.
  private static final double MOST = 1000;

  /** The gain of a row; NaN where a mode is missing. */
  static Gain of(Comparison.Row row) {
    Optional<Comparison.Cell> none = row.cell("reprise", "none");
    Optional<Comparison.Cell> hybrid = row.cell("reprise", "hybrid");
    return new Gain(
        none.map(Page::seconds).orElse(Double.NaN),
        hybrid.map(Page::seconds).orElse(Double.NaN),
        none.isPresent() && hybrid.isPresent()
            ? ceiling(none.get(), hybrid.get(), row.cell("reprise", "full"))
            : Double.NaN);
  }

  private static double ceiling(
      Comparison.Cell none, Comparison.Cell hybrid, Optional<Comparison.Cell> full) {
    double repeated = full.map(c -> c.counted(Counts::savedSeconds)).orElse(0.0);
    double shorter =
        none.counted(Counts::operationSeconds) - hybrid.counted(Counts::operationSeconds);
    double saved = Math.max(repeated, shorter) / none.counted(Counts::workers);
    double seconds = Page.seconds(none);
    return seconds / Math.max(seconds / MOST, seconds - Math.max(saved, 0));
  }

  double times() {
    return none / hybrid;
  }

  /** The gain as a part of the ceiling. */
  double ofCeiling() {
    return times() / ceiling;
  }

  /** SystemDS's own gain: base over its best mode; NaN where it did not run. */
  static double ofSystemDs(Comparison.Row row) {
    return row.cell("systemds", "base").map(Page::seconds).orElse(Double.NaN) / bestRival(row);
  }

  /** Seconds of SystemDS in its best mode; NaN where it did not run. */
  static double bestRival(Comparison.Row row) {
    return least(row.cells().stream().filter(c -> c.subject().isSystemDs()).toList());
  }

  private static double least(List<Comparison.Cell> cells) {
    return cells.stream()
        .mapToDouble(Page::seconds)
        .filter(Double::isFinite)
        .min()
        .orElse(Double.NaN);
  }
}
