package dev.reprise;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.PanelPacking;

/** What runs say of products that were computed at a mask. */
final class MaskedRuns {
  private MaskedRuns() {}

  private static final String SAMPLED = "fused (sampled)";

  /** True where masked products are computed at all: on a processor with AVX2 and FMA, on Linux. */
  static boolean hasCode() {
    return PanelPacking.find(Precision.FP64) != null;
  }

  /** How many were computed at their mask. */
  static long sampled(RunStatistics statistics) {
    return statistics.of(SAMPLED).executed();
  }
}
