package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/**
 * How an element-wise kernel makes a dense fp64 matrix: chunk by chunk, by machine code where that
 * takes the chunk, else by a loop in Java. What the operands are is asked once for each chunk of
 * thousands of cells, so the loops inside see one form only.
 *
 * @param leastChunk cells of a chunk; large matrices have {@linkplain Parallel#chunk larger} ones
 */
record DenseCells(Parallel parallel, long leastChunk) {
  /** Cells of a chunk of a matrix of so many. */
  long chunk(long cells) {
    return Parallel.chunk(cells, leastChunk);
  }

  /** A loop over operands that it knows. */
  @FunctionalInterface
  interface Loop {
    /**
     * Computes {@code n} cells.
     *
     * @param at where they begin, in bytes, in the result and in operands of its shape
     */
    void run(MemorySegment out, long at, long n);
  }

  /**
   * Makes a matrix.
   *
   * @param like a matrix of its shape
   * @return owned by the caller
   */
  DenseMatrix make(DenseMatrix like, CellRange code, Loop loop, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), like.rows(), like.cols());
    MemorySegment cells = out.segment();
    parallel.forRange(
        context,
        out.cells(),
        chunk(out.cells()),
        (from, to) -> {
          if (!code.run(out, from, to)) {
            loop.run(cells, Layout.CELL.byteSize() * from, to - from);
          }
        });
    return out;
  }
}
