package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells whether cells are finite and so far from overflow that sums of some hundred times their
 * products are, too. An algorithm that adds and subtracts cells which do not belong to an output
 * may be used on such cells only: elsewhere one infinity would make its neighbours NaN.
 */
final class ModerateCells {
  private static final int BLOCK = 2048;
  private static final long CELLS_PER_CHUNK = 1 << 15;
  private static final double LARGEST = 1e100;
  private static final double LARGEST_FLOAT = 1e12;

  private ModerateCells() {}

  /** Whether all cells of both are. */
  static boolean are(
      Parallel parallel, ExecutionContext context, DenseMatrix one, DenseMatrix other) {
    return are(parallel, context, one) && are(parallel, context, other);
  }

  /** Whether all cells are. */
  static boolean are(Parallel parallel, ExecutionContext context, DenseMatrix matrix) {
    AtomicBoolean moderate = new AtomicBoolean(true);
    parallel.forRange(
        context,
        matrix.cells(),
        CELLS_PER_CHUNK,
        (from, to) -> {
          if (moderate.get() && !are(matrix, from, to)) {
            moderate.set(false);
          }
        });
    return moderate.get();
  }

  private static boolean are(DenseMatrix matrix, long from, long to) {
    double largest = matrix.precision() == Precision.FP32 ? LARGEST_FLOAT : LARGEST;
    int width = (int) Math.min(BLOCK, to - from);
    double[] cells = new double[width];
    CellBlocks blocks = new CellBlocks(matrix.precision(), width);
    for (long at = from; at < to; at += width) {
      int n = (int) Math.min(width, to - at);
      blocks.load(matrix.segment(), at, cells, 0, n);
      for (int i = 0; i < n; i++) {
        if (!(Math.abs(cells[i]) <= largest)) {
          return false;
        }
      }
    }
    return true;
  }
}
