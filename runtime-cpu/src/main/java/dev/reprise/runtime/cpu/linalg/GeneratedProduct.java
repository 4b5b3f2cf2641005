package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;

/**
 * Products by generated code: by {@link PanelProduct} where one operand has few rows, else by
 * {@link PackedProduct}. Which it is follows from shapes and the machine.
 */
final class GeneratedProduct {
  private final PanelProduct panels;
  private final PackedProduct packed;

  GeneratedProduct(Parallel parallel, Precision precision) {
    this.panels = new PanelProduct(parallel, precision);
    this.packed = new PackedProduct(parallel, precision);
  }

  /** A way to compute a product: writes all cells of C. */
  interface Way {
    void multiply(Factors factors, DenseMatrix c, ExecutionContext context);
  }

  /** How a product is computed; null where a library should do it. */
  Way find(Factors factors) {
    Tiling tiling = Tiling.of(factors.rows(), factors.cols(), factors.terms());
    return tiling.innerChunks() > 1 ? null : findWhole(factors);
  }

  /** As the other, also where a library would cut the sums for several cores. */
  Way findWhole(Factors factors) {
    long m = factors.rows();
    long n = factors.cols();
    long k = factors.terms();
    if (panels.fits(m, n, k, factors.tb())) {
      return panels::multiply;
    }
    return packed.fits(m, n, k, factors.ta()) ? packed::multiply : null;
  }

  /** The order of the terms where {@link #find} says how a product is computed; else null. */
  TermOrder order(Factors factors) {
    if (find(factors) == null) {
      return null;
    }
    long k = factors.terms();
    boolean tb = factors.tb();
    return panels.fits(factors.rows(), factors.cols(), k, tb)
        ? panels.order(k, tb)
        : TermOrder.of(TermBlocks.of(k));
  }
}
