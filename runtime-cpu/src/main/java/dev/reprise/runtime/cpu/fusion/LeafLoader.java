package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.MemorySegment;

/**
 * Brings the cells of one leaf that belong to a block of the result into a register, repeating
 * vectors. For one thread.
 *
 * @param <A> registers
 */
abstract class LeafLoader<A> {

  /** Fills the register with what belongs to {@code n} cells of the result from {@code at} on. */
  abstract void load(long at, A register, int n);

  /**
   * The loader of a leaf.
   *
   * @param cols columns of the result
   * @param most cells per block
   */
  static <A> LeafLoader<A> of(
      CellType<A> type, LeafKind kind, DenseMatrix matrix, long cols, int most) {
    return switch (kind) {
      case FULL -> new Full<>(type, matrix.segment());
      case ROW ->
          cols <= most
              ? new NarrowRow<>(type, matrix.segment(), (int) cols, most)
              : new WideRow<>(type, matrix.segment(), cols);
      case COLUMN -> new Column<>(type, matrix.segment(), cols);
      case SCALAR -> throw new IllegalArgumentException("a scalar fills no register");
    };
  }

  private static final class Full<A> extends LeafLoader<A> {
    private final CellType<A> type;
    private final MemorySegment cells;

    Full(CellType<A> type, MemorySegment cells) {
      this.type = type;
      this.cells = cells;
    }

    @Override
    void load(long at, A register, int n) {
      type.load(cells, at, register, 0, n);
    }
  }

  /** Keeps the vector repeated over a block and one vector more, so that any block is one copy. */
  private static final class NarrowRow<A> extends LeafLoader<A> {
    private final int cols;
    private final A repeated;

    /** What the register holds already. */
    private int loadedFrom = -1;

    private int loadedCells;

    NarrowRow(CellType<A> type, MemorySegment vector, int cols, int most) {
      this.cols = cols;
      int length = most + cols;
      repeated = type.array(length);
      type.load(vector, 0, repeated, 0, cols);
      for (int filled = cols; filled < length; filled *= 2) {
        System.arraycopy(repeated, 0, repeated, filled, Math.min(filled, length - filled));
      }
    }

    @Override
    void load(long at, A register, int n) {
      int from = (int) (at % cols);
      if (from == loadedFrom && n <= loadedCells) {
        return;
      }
      System.arraycopy(repeated, from, register, 0, n);
      loadedFrom = from;
      loadedCells = n;
    }
  }

  private static final class WideRow<A> extends LeafLoader<A> {
    private final CellType<A> type;
    private final MemorySegment vector;
    private final long cols;

    WideRow(CellType<A> type, MemorySegment vector, long cols) {
      this.type = type;
      this.vector = vector;
      this.cols = cols;
    }

    @Override
    void load(long at, A register, int n) {
      long col = at % cols;
      int first = (int) Math.min(n, cols - col);
      type.load(vector, col, register, 0, first);
      type.load(vector, 0, register, first, n - first);
    }
  }

  private static final class Column<A> extends LeafLoader<A> {
    private final CellType<A> type;
    private final MemorySegment vector;
    private final long cols;

    Column(CellType<A> type, MemorySegment vector, long cols) {
      this.type = type;
      this.vector = vector;
      this.cols = cols;
    }

    @Override
    void load(long at, A register, int n) {
      long row = at / cols;
      long left = cols - at % cols;
      for (int i = 0; i < n; row++, left = cols) {
        int end = (int) Math.min(n, i + left);
        type.repeat(vector, row, register, i, end);
        i = end;
      }
    }
  }
}
