package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import java.lang.foreign.MemorySegment;

/**
 * y = op(A) x for a vector x, or several of them, bound by reading A once: by {@link
 * StreamedProduct}, or by a library where there is no code.
 */
final class VectorProduct {
  /** Cells of A per task: 512 KiB, some 50 microseconds. */
  private static final long CELLS = 1 << 16;

  /** Cells of A per task that several vectors share: 256 KiB, in the second-level cache. */
  private static final long SHARED_CELLS = 1 << 15;

  /** Outputs per task of a transposed product, so that partial results stay small beside A. */
  private static final long OUTPUTS = 2048;

  private static final long LEAST_ROWS = 64;

  private final Parallel parallel;
  private final StreamedProduct streamed;

  VectorProduct(Parallel parallel) {
    this.parallel = parallel;
    this.streamed = new StreamedProduct(parallel);
  }

  /** Writes op(A) x to y; both vectors lie without gaps and have the lengths that A asks for. */
  void multiply(
      LazyBlas blas,
      DenseMatrix a,
      boolean transpose,
      MemorySegment x,
      MemorySegment y,
      Scratch scratch,
      ExecutionContext context) {
    // A single column lies in memory as a single row does.
    boolean isColumn = a.cols() == 1;
    if (StreamedProduct.isThere()) {
      long rows = isColumn ? 1 : a.rows();
      long cols = isColumn ? a.rows() : a.cols();
      if (transpose == isColumn) {
        streamed.multiply(rows, cols, a.segment(), x, 1, y, scratch, context);
      } else {
        streamed.multiplyTransposed(rows, cols, a.segment(), x, 1, y, scratch, context);
      }
    } else if (transpose && isColumn) {
      multiplyPlain(blas.get(), 1, a.rows(), a.segment(), x, y, 1, CELLS, scratch, context);
    } else if (transpose) {
      multiplyTransposed(blas.get(), a, x, y, 1, CELLS, scratch, context);
    } else {
      multiplyPlain(blas.get(), a.rows(), a.cols(), a.segment(), x, y, 1, CELLS, scratch, context);
    }
  }

  /**
   * Writes op(A) x to y for several vectors, which lie behind one another in x and in y, by a
   * library.
   *
   * @param a a matrix of more than one row and column
   */
  void multiplyAll(
      Blas blas,
      DenseMatrix a,
      boolean transpose,
      MemorySegment x,
      MemorySegment y,
      int vectors,
      Scratch scratch,
      ExecutionContext context) {
    if (transpose) {
      multiplyTransposed(blas, a, x, y, vectors, SHARED_CELLS, scratch, context);
    } else {
      multiplyPlain(
          blas, a.rows(), a.cols(), a.segment(), x, y, vectors, SHARED_CELLS, scratch, context);
    }
  }

  private void multiplyPlain(
      Blas blas,
      long rows,
      long cols,
      MemorySegment a,
      MemorySegment x,
      MemorySegment y,
      int vectors,
      long cells,
      Scratch scratch,
      ExecutionContext context) {
    long width = Math.min(cols, cells);
    MatrixTiles tiles = new MatrixTiles(rows, cols, Math.max(1, cells / width), width);
    MatrixTiles.Product product =
        (row, m, col, n, sums) -> {
          // With a single row the stride has no meaning and need not fit 32 bits.
          Blas.Block block =
              m == 1 ? new Blas.Block(a, row * cols + col, (int) n) : Blocks.at(a, cols, row, col);
          for (long v = 0; v < vectors; v++) {
            blas.gemv((int) m, (int) n, block, x, v * cols + col, sums, v * rows + row);
          }
        };
    tiles.multiply(y, vectors * rows, product, parallel, scratch, context);
  }

  private void multiplyTransposed(
      Blas blas,
      DenseMatrix a,
      MemorySegment x,
      MemorySegment y,
      int vectors,
      long cells,
      Scratch scratch,
      ExecutionContext context) {
    long rows = a.rows();
    long cols = a.cols();
    long width = Math.min(cols, OUTPUTS);
    MatrixTiles tiles = new MatrixTiles(rows, cols, Math.max(LEAST_ROWS, cells / width), width);
    MatrixTiles.Product product =
        (row, m, col, n, sums) -> {
          Blas.Block block = Blocks.at(a, row, col);
          for (long v = 0; v < vectors; v++) {
            blas.gemvTransposed((int) m, (int) n, block, x, v * rows + row, sums, v * cols + col);
          }
        };
    tiles.multiplyTransposed(y, vectors * cols, product, parallel, scratch, context);
  }
}
