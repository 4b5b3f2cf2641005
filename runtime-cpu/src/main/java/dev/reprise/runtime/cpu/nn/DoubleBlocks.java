package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.blas.Blas;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Blocks of matrices in double, which is what products and loops over them take: those of doubles
 * where they lie, those of floats as copies without gaps in memory of their own, one behind the
 * other. For one thread and one piece of work; what is asked for next lies behind.
 *
 * <pre>
 *   DoubleBlocks blocks = new DoubleBlocks(precision, room, 0);
 *   Blas.Block a = blocks.read(inPlace, rows, cols);      // copied and widened in fp32
 *   Blas.Block c = blocks.write(result, rows, cols);      // not copied
 *   ...
 *   blocks.written(c, result, rows, cols);                // copied back, rounded, in fp32
 * </pre>
 */
final class DoubleBlocks {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;
  private static final int MOST = 1024;

  private final Precision precision;
  private final MemorySegment room;
  private long next;

  /** Null for doubles, as is the array on the way. */
  private final CellBlocks floats;

  private final double[] cells;

  /**
   * @param precision of the matrices
   * @param room memory for all copies
   * @param next cells of it that are somebody else's
   */
  DoubleBlocks(Precision precision, MemorySegment room, long next) {
    boolean copies = precision == Precision.FP32;
    this.precision = precision;
    this.room = room;
    this.next = next;
    this.floats = copies ? new CellBlocks(precision, MOST) : null;
    this.cells = copies ? new double[MOST] : null;
  }

  /** Room for a copy of so many cells: none for doubles. */
  static long room(Precision precision, long cells) {
    return precision == Precision.FP32 ? cells : 0;
  }

  /** Gives up the copies from one cell of the room on: the next one lies there. */
  void reuse(long from) {
    next = from;
  }

  /** The cells of the block. */
  Blas.Block read(Blas.Block block, int rows, int cols) {
    Blas.Block copy = write(block, rows, cols);
    if (floats != null) {
      long run = run(block, rows, cols);
      for (long at = 0, from = block.offset(); at < (long) rows * cols; at += run) {
        widen(block.cells(), from, copy.offset() + at, run);
        from += block.stride();
      }
    }
    return copy;
  }

  /** Cells that lie next to each other: those of a row, or all when there are no gaps. */
  private static long run(Blas.Block block, int rows, int cols) {
    return block.stride() == cols ? (long) rows * cols : cols;
  }

  private void widen(MemorySegment source, long from, long to, long count) {
    for (long i = 0; i < count; i += MOST) {
      int n = (int) Math.min(MOST, count - i);
      floats.load(source, from + i, cells, 0, n);
      MemorySegment.copy(cells, 0, room, CELL, Double.BYTES * (to + i), n);
    }
  }

  /** Where the cells of the block are to be written; undefined in fp32. */
  Blas.Block write(Blas.Block block, int rows, int cols) {
    if (precision == Precision.FP64) {
      return block;
    }
    Blas.Block copy = new Blas.Block(room, next, cols);
    next += (long) rows * cols;
    return copy;
  }

  /** As {@link #write}, of cells that are zero to begin with. */
  Blas.Block sum(Blas.Block block, int rows, int cols) {
    Blas.Block sums = write(block, rows, cols);
    for (long row = 0; row < rows; row++) {
      long at = sums.offset() + row * sums.stride();
      sums.cells().asSlice(Double.BYTES * at, (long) Double.BYTES * cols).fill((byte) 0);
    }
    return sums;
  }

  /** The block has been written where {@link #write} said. */
  void written(Blas.Block copy, Blas.Block block, int rows, int cols) {
    if (floats == null) {
      return;
    }
    long run = run(block, rows, cols);
    for (long at = 0, to = block.offset(); at < (long) rows * cols; at += run) {
      round(copy.offset() + at, block.cells(), to, run);
      to += block.stride();
    }
  }

  private void round(long from, MemorySegment target, long to, long count) {
    for (long i = 0; i < count; i += MOST) {
      int n = (int) Math.min(MOST, count - i);
      MemorySegment.copy(room, CELL, Double.BYTES * (from + i), cells, 0, n);
      floats.store(cells, 0, target, to + i, n);
    }
  }
}
