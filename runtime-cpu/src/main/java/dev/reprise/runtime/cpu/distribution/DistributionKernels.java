package dev.reprise.runtime.cpu.distribution;

import dev.reprise.runtime.cpu.KernelTable;
import java.util.Map;

/** {@code cdf}, {@code invcdf} and their short forms for one distribution each. */
public final class DistributionKernels {
  private static final Map<String, String> SHORT_FORMS =
      Map.of("norm", "normal", "t", "t", "f", "f", "chisq", "chisq", "exp", "exp");

  private DistributionKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table) {
    table.add("cdf", new ProbabilityKernel(null));
    table.add("invcdf", new QuantileKernel(null));
    table.add("icdf", new QuantileKernel(null));
    SHORT_FORMS.forEach((letters, distribution) -> {
      table.add("p" + letters, new ProbabilityKernel(distribution));
      table.add("q" + letters, new QuantileKernel(distribution));
    });
  }
}
