package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.code.PanelRows;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/**
 * What the steps of an LSTM multiply: the rows of some examples, and weights that are the same in
 * every step. BLAS would pack the weights anew in each one, which takes longer than to multiply a
 * few rows with them, so {@link PanelRows} does it where it can. For one thread.
 */
final class LstmProducts {
  /** Rows from which on packing pays, in bytes of cells. */
  private static final int FEW_BYTES = 256;

  private final CellProducts products;
  private final int few;

  /** Null where the machine has no such code. */
  private final PanelRows panels;

  /**
   * @param scratch of the task
   */
  LstmProducts(CellProducts products, Scratch scratch) {
    Precision precision = products.precision();
    this.products = products;
    this.few = FEW_BYTES / precision.bytesPerCell();
    this.panels =
        PanelSums.find(precision) == null
            ? null
            : new PanelRows(precision, scratch.bytes(PanelSums.ARGUMENT_BYTES));
  }

  /** C (+)= A B with C m x n and k terms. */
  void multiply(int m, int n, int k, Blas.Block a, Blas.Block b, Blas.Block c, boolean adds) {
    int lanes = PanelSums.PANEL_BYTES / products.bytes();
    if (panels != null && m <= few && n % lanes == 0) {
      panels.multiply(m, k, n / lanes, rows(a), products.bytes(), rows(b), rows(c), adds);
    } else if (adds) {
      products.gemmAdd(false, false, m, n, k, a, b, c);
    } else {
      products.gemm(false, false, m, n, k, a, b, c);
    }
  }

  private PanelRows.Rows rows(Blas.Block block) {
    MemorySegment cells = block.cells();
    long bytes = products.bytes();
    return new PanelRows.Rows(cells, block.offset() * bytes, block.stride() * bytes);
  }
}
