package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;

/** Columns of matrices as arrays of the heap, brought by few copies of many cells. */
public final class ColumnCells {
  private static final long CHUNK = 1 << 14;

  private ColumnCells() {}

  /** The cells of a zero-based column, of up to 2^31 - 9 rows. */
  public static double[] of(
      DenseMatrix x, int column, Parallel parallel, ExecutionContext context) {
    double[] cells = new double[(int) x.rows()];
    read(x, column, cells, parallel, context);
    return cells;
  }

  /** Brings the cells of a zero-based column to an array of as many. */
  static void read(
      DenseMatrix x, int column, double[] cells, Parallel parallel, ExecutionContext context) {
    if (x.cols() == 1) {
      read(x, cells, parallel, context);
      return;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix alone = scratch.matrix(x.rows(), 1, x.precision());
      new Region(x, 0, column).copyTo(Region.all(alone), x.rows(), 1, parallel, context);
      read(alone, cells, parallel, context);
    }
  }

  private static void read(
      DenseMatrix x, double[] cells, Parallel parallel, ExecutionContext context) {
    parallel.forRange(
        context,
        cells.length,
        CHUNK,
        (from, to) -> {
          CellBlocks blocks = new CellBlocks(x.precision(), (int) (to - from));
          blocks.load(x.segment(), from, cells, (int) from, (int) (to - from));
        });
  }
}
