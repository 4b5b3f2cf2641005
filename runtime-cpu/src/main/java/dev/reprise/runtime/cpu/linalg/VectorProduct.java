package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
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
    long height = Math.max(1, cells / width);
    long strips = Tiling.pieces(cols, width);
    long blocks = Tiling.pieces(rows, height);
    Partials partials = new Partials(y, vectors * rows, strips, scratch);
    parallel.forEach(
        context,
        strips * blocks,
        task -> {
          long strip = task / blocks;
          long row = task % blocks * height;
          long col = strip * width;
          int m = (int) Math.min(height, rows - row);
          int n = (int) Math.min(width, cols - col);
          // With a single row the stride has no meaning and need not fit 32 bits.
          Blas.Block block =
              m == 1 ? new Blas.Block(a, row * cols + col, n) : Blocks.at(a, cols, row, col);
          for (long v = 0; v < vectors; v++) {
            blas.gemv(m, n, block, x, v * cols + col, partials.segment(strip), v * rows + row);
          }
        });
    partials.addUp(parallel, context);
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
    long width = Math.min(a.cols(), OUTPUTS);
    long height = Math.max(LEAST_ROWS, cells / width);
    long strips = Tiling.pieces(a.cols(), width);
    long blocks = Tiling.pieces(a.rows(), height);
    Partials partials = new Partials(y, vectors * a.cols(), blocks, scratch);
    parallel.forEach(
        context,
        strips * blocks,
        task -> {
          long row = task / strips * height;
          long col = task % strips * width;
          int m = (int) Math.min(height, a.rows() - row);
          int n = (int) Math.min(width, a.cols() - col);
          Blas.Block block = Blocks.at(a, row, col);
          MemorySegment sums = partials.segment(task / strips);
          for (long v = 0; v < vectors; v++) {
            blas.gemvTransposed(m, n, block, x, v * a.rows() + row, sums, v * a.cols() + col);
          }
        });
    partials.addUp(parallel, context);
  }
}
