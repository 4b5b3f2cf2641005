package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;

/** Columns of matrices by themselves, on the heap or not, by few copies of many cells. */
public final class ColumnCells {
  private static final long CHUNK = 1 << 14;

  private ColumnCells() {}

  /** The cells of a zero-based column, of up to 2^31 - 9 rows. */
  public static double[] of(
      DenseMatrix x, int column, Parallel parallel, ExecutionContext context) {
    if (x.rows() > Integer.MAX_VALUE - 8) {
      throw new OperandException(
          "a column is read as a whole up to 2^31 - 9 rows, not one of shape " + x.shape());
    }
    double[] cells = new double[(int) x.rows()];
    read(x, column, cells, parallel, context);
    return cells;
  }

  /** Brings the cells of a zero-based column to an array of as many. */
  static void read(
      DenseMatrix x, int column, double[] cells, Parallel parallel, ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      read(alone(x, column, scratch, parallel, context), cells, parallel, context);
    }
  }

  /** A zero-based column outside the heap: the matrix when it has no other, else a copy. */
  public static DenseMatrix alone(
      DenseMatrix x, long column, Scratch scratch, Parallel parallel, ExecutionContext context) {
    if (x.cols() == 1) {
      return x;
    }
    DenseMatrix alone = scratch.matrix(x.rows(), 1, x.precision());
    new Region(x, 0, column).copyTo(Region.all(alone), x.rows(), 1, parallel, context);
    return alone;
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
