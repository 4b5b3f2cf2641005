package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.Quotients;
import java.lang.foreign.MemorySegment;

/**
 * Variances of rows of matrices in memory by machine code: sums, then sums of squared distances
 * from the means while the rows are still in the caches. The bits are those of {@link Run}.
 */
final class Spread {
  private Spread() {}

  /**
   * Of each row of up to a block of cells.
   *
   * @param otherwise what has the same bits
   * @param result what becomes of the squares
   */
  static SourceAggregate ofRows(Parallel parallel, SourceAggregate otherwise, Quotients result) {
    return (x, context) -> {
      DenseMatrix matrix = Run.inPlace(x);
      if (matrix == null || x.cols() == 0 || x.cols() > Run.BLOCK) {
        return otherwise.of(x, context);
      }
      int cols = (int) x.cols();
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      parallel.forRange(
          context,
          x.rows(),
          Math.max(1, RowKernels.CHUNK_CELLS / cols),
          (from, to) -> {
            MemorySegment rows = out.segment().asSlice(from * Double.BYTES);
            long count = to - from;
            Run.sumInPlace(matrix, from * cols, rows, count, cols);
            Run.squareInPlace(matrix, from * cols, rows, cols, count, cols);
            result.run(rows, cols == 1 ? 1 : cols - 1, count);
          });
      return out;
    };
  }
}
