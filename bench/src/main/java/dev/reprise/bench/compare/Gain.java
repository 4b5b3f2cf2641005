package dev.reprise.bench.compare;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What reuse gains in one workload, and what it could gain.
 *
 * <p>The ceiling is what would be left of the time without reuse if what was found cost nothing and
 * everything else what it costs without reuse: {@code none / (none - saved / workers)}. Saved is by
 * how much the operations' own times were shorter in the mode where they were shortest. What values
 * had cost when they were first computed would not do: code was cold then. Workers is how many were
 * in kernels at a time without reuse.
 *
 * @param none seconds without reuse
 * @param hybrid seconds with all of it
 * @param ceiling most times faster; NaN where the runs counted nothing, or where noise outside of
 *     the measured part hides it
 */
record Gain(double none, double hybrid, double ceiling) {
  /** The gain of a row; NaN where a mode is missing. */
  static Gain of(Comparison.Row row) {
    Optional<Comparison.Cell> none = row.cell("reprise", "none");
    Optional<Comparison.Cell> hybrid = row.cell("reprise", "hybrid");
    return new Gain(
        none.map(Page::seconds).orElse(Double.NaN),
        hybrid.map(Page::seconds).orElse(Double.NaN),
        none.map(cell -> ceiling(cell, row)).orElse(Double.NaN));
  }

  private static double ceiling(Comparison.Cell none, Comparison.Row row) {
    double shortest =
        Stream.of("full", "partial", "multilevel", "hybrid")
            .flatMap(mode -> row.cell("reprise", mode).stream())
            .mapToDouble(cell -> cell.counted(Counts::operationSeconds))
            .filter(Double::isFinite)
            .min()
            .orElse(Double.NaN);
    double saved =
        (none.counted(Counts::operationSeconds) - shortest) / none.counted(Counts::workers);
    double seconds = Page.seconds(none);
    return saved < seconds ? seconds / (seconds - Math.max(saved, 0)) : Double.NaN;
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
    return base(row) / bestRival(row);
  }

  /** Seconds of SystemDS without reuse; NaN where it did not run. */
  static double base(Comparison.Row row) {
    return row.cell("systemds", "base").map(Page::seconds).orElse(Double.NaN);
  }

  /** Seconds of SystemDS in the best mode that prints the right result; NaN without any. */
  static double bestRival(Comparison.Row row) {
    return least(row.cells().stream().filter(c -> c.subject().isSystemDs() && c.agrees()).toList());
  }

  private static double least(List<Comparison.Cell> cells) {
    return cells.stream()
        .mapToDouble(Page::seconds)
        .filter(Double::isFinite)
        .min()
        .orElse(Double.NaN);
  }
}
