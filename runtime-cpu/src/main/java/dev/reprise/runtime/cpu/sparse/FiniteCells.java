package dev.reprise.runtime.cpu.sparse;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.BlockSums;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds out whether all cells of an fp64 matrix are finite. A product may leave out zeros only
 * then: zero times an infinity or NaN is NaN.
 *
 * <p>A sum is finite only if all its terms are, so machine code sums blocks. A block whose sum is
 * not may have overflowed, and is looked at cell by cell.
 */
public final class FiniteCells {
  private static final long CHUNK_CELLS = 1 << 16;
  private static final int BLOCK = BlockSums.BLOCK;
  private static final ValueLayout.OfLong BITS = ValueLayout.JAVA_LONG;
  private static final long INFINITY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

  private final Parallel parallel;

  public FiniteCells(Parallel parallel) {
    this.parallel = parallel;
  }

  /** True when no cell is an infinity or NaN; of a compressed matrix the stored ones count. */
  public boolean only(MatrixOperand matrix, ExecutionContext context) {
    return matrix instanceof SparseMatrix sparse
        ? only(sparse.segment(), sparse.valuesAt(), sparse.nonZeros(), context)
        : only(((DenseMatrix) matrix).segment(), 0, matrix.cells(), context);
  }

  /**
   * The same of cells in memory.
   *
   * @param first byte of the first one
   */
  private boolean only(MemorySegment cells, long first, long count, ExecutionContext context) {
    if (count <= CHUNK_CELLS) {
      return areFinite(cells, first, count);
    }
    AtomicBoolean found = new AtomicBoolean();
    parallel.forRange(
        context,
        count,
        CHUNK_CELLS,
        (from, to) -> {
          if (!found.get() && !areFinite(cells, first + Double.BYTES * from, to - from)) {
            found.set(true);
          }
        });
    return !found.get();
  }

  private static boolean areFinite(MemorySegment cells, long first, long count) {
    if (!CellFunction.areThere()) {
      return areFiniteByBits(cells, first, count);
    }
    long blocks = count / BLOCK;
    double[] sums = new double[Math.toIntExact(blocks + 1)];
    MemorySegment into = MemorySegment.ofArray(sums);
    long address = cells.address() + first;
    long bytes = (long) Double.BYTES * BLOCK;
    BlockSums.run(Precision.FP64, address, bytes, into, blocks, BLOCK);
    int rest = (int) (count - blocks * BLOCK);
    if (rest > 0) {
      MemorySegment last = into.asSlice(Double.BYTES * blocks);
      BlockSums.run(Precision.FP64, address + blocks * bytes, bytes, last, 1, rest);
    }
    for (int block = 0; block <= blocks; block++) {
      long of = block < blocks ? BLOCK : rest;
      if (!Double.isFinite(sums[block]) && !areFiniteByBits(cells, first + block * bytes, of)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Their bits without the sign have the order of the numbers; branches would make one cell wait
   * for the other.
   */
  private static boolean areFiniteByBits(MemorySegment cells, long first, long count) {
    long beyond = 0;
    for (long i = 0; i < count; i++) {
      beyond |= INFINITY - 1 - (cells.get(BITS, first + Double.BYTES * i) & Long.MAX_VALUE);
    }
    return beyond >= 0;
  }
}
