package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Brings the cells of one leaf that belong to a block of the result into a register, repeating
 * vectors. For one thread.
 */
abstract class LeafLoader {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  /** Fills the register with what belongs to {@code n} cells of the result from {@code at} on. */
  abstract void load(long at, double[] register, int n);

  /**
   * The loader of a leaf.
   *
   * @param cols columns of the result
   * @param most cells per block
   */
  static LeafLoader of(LeafKind kind, DenseMatrix matrix, long cols, int most) {
    return switch (kind) {
      case FULL -> new Full(matrix.segment());
      case ROW ->
          cols <= most
              ? new NarrowRow(matrix.segment(), (int) cols, most)
              : new WideRow(matrix.segment(), cols);
      case COLUMN -> new Column(matrix.segment(), cols);
      case SCALAR -> throw new IllegalArgumentException("a scalar fills no register");
    };
  }

  private static final class Full extends LeafLoader {
    private final MemorySegment cells;

    Full(MemorySegment cells) {
      this.cells = cells;
    }

    @Override
    void load(long at, double[] register, int n) {
      MemorySegment.copy(cells, CELL, 8 * at, register, 0, n);
    }
  }

  /** Keeps the vector repeated over a block and one vector more, so that any block is one copy. */
  private static final class NarrowRow extends LeafLoader {
    private final int cols;
    private final double[] repeated;

    /** What the register holds already. */
    private int loadedFrom = -1;

    private int loadedCells;

    NarrowRow(MemorySegment vector, int cols, int most) {
      this.cols = cols;
      repeated = new double[most + cols];
      MemorySegment.copy(vector, CELL, 0, repeated, 0, cols);
      for (int filled = cols; filled < repeated.length; filled *= 2) {
        System.arraycopy(repeated, 0, repeated, filled, Math.min(filled, repeated.length - filled));
      }
    }

    @Override
    void load(long at, double[] register, int n) {
      int from = (int) (at % cols);
      if (from == loadedFrom && n <= loadedCells) {
        return;
      }
      System.arraycopy(repeated, from, register, 0, n);
      loadedFrom = from;
      loadedCells = n;
    }
  }

  private static final class WideRow extends LeafLoader {
    private final MemorySegment vector;
    private final long cols;

    WideRow(MemorySegment vector, long cols) {
      this.vector = vector;
      this.cols = cols;
    }

    @Override
    void load(long at, double[] register, int n) {
      long col = at % cols;
      int first = (int) Math.min(n, cols - col);
      MemorySegment.copy(vector, CELL, 8 * col, register, 0, first);
      MemorySegment.copy(vector, CELL, 0, register, first, n - first);
    }
  }

  private static final class Column extends LeafLoader {
    private final MemorySegment vector;
    private final long cols;

    Column(MemorySegment vector, long cols) {
      this.vector = vector;
      this.cols = cols;
    }

    @Override
    void load(long at, double[] register, int n) {
      long row = at / cols;
      long left = cols - at % cols;
      for (int i = 0; i < n; row++, left = cols) {
        int end = (int) Math.min(n, i + left);
        Arrays.fill(register, i, end, vector.get(CELL, 8 * row));
        i = end;
      }
    }
  }
}
