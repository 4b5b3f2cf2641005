package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * C = op(A) op(B) for an op(B) of few columns and a large A, as in models of a few classes: by
 * {@link StreamedProduct}, or by a library's matrix-vector products, one per column over blocks of
 * A that stay in the second-level cache, so that A is read from memory once. A general product
 * packs A first, which costs as much as two columns.
 */
final class SkinnyProduct {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  /** On 100,000 x 100 with one thread, a general product takes over between 8 and 10 columns. */
  private static final long MOST_COLUMNS = 8;

  /** Generated code takes over from here on, when it can read the rows of A where they lie. */
  private static final long MOST_COLUMNS_OF_CODE = 4;

  /** Cells of A below which it stays in the caches anyway. */
  private static final long LEAST_CELLS = 1 << 18;

  private final VectorProduct vectors;
  private final StreamedProduct streamed;

  SkinnyProduct(Parallel parallel, VectorProduct vectors) {
    this.vectors = vectors;
    this.streamed = new StreamedProduct(parallel);
  }

  /** Whether this is faster than a library's general product. */
  static boolean fits(Factors factors) {
    DenseMatrix a = factors.a();
    return factors.cols() <= mostColumns(factors)
        && a.cells() >= LEAST_CELLS
        && Math.min(a.rows(), a.cols()) > 1;
  }

  /** A library would cut the long sums of a transposed A for several cores. */
  private static long mostColumns(Factors factors) {
    return factors.ta() && factors.terms() >= LongSums.LEAST_TERMS && StreamedProduct.isThere()
        ? LongSums.STREAMED_COLUMNS
        : MOST_COLUMNS;
  }

  /**
   * Whether this is faster than {@link GeneratedProduct}, too. With 8 columns that takes 0.5 to 0.7
   * of the time (512x784, 3000x1000, 100,000x100; two threads of an AMD EPYC), 0.9 for a transposed
   * A, whose cells it has to copy first; with 5 columns 0.6 to 1.1, and 1.2 to 1.4.
   */
  static boolean isShort(Factors factors) {
    return fits(factors) && (factors.ta() || factors.cols() <= MOST_COLUMNS_OF_CODE);
  }

  /** Writes all cells of C. */
  void multiply(
      LazyBlas blas, Factors factors, DenseMatrix c, Scratch scratch, ExecutionContext context) {
    int columns = (int) c.cols();
    if (!StreamedProduct.isThere()) {
      MemorySegment y = scratch.doubles(c.cells());
      MemorySegment x = vectors(factors, scratch);
      vectors.multiplyAll(blas.get(), factors.a(), factors.ta(), x, y, columns, scratch, context);
      transpose(y, columns, c.rows(), c.segment());
    } else if (factors.ta()) {
      MemorySegment y = scratch.doubles(c.cells());
      DenseMatrix a = factors.a();
      MemorySegment v = rows(factors, scratch);
      streamed.multiplyTransposed(a.rows(), a.cols(), a.segment(), v, columns, y, scratch, context);
      transpose(y, columns, c.rows(), c.segment());
    } else {
      DenseMatrix a = factors.a();
      MemorySegment x = vectors(factors, scratch);
      streamed.multiply(a.rows(), a.cols(), a.segment(), x, columns, c.segment(), scratch, context);
    }
  }

  /** The columns of op(B), one behind the other. */
  private static MemorySegment vectors(Factors factors, Scratch scratch) {
    return factors.tb() ? factors.b().segment() : turned(factors.b(), scratch);
  }

  /** The rows of op(B), one behind the other. */
  private static MemorySegment rows(Factors factors, Scratch scratch) {
    return factors.tb() ? turned(factors.b(), scratch) : factors.b().segment();
  }

  private static MemorySegment turned(DenseMatrix b, Scratch scratch) {
    MemorySegment to = scratch.doubles(b.cells());
    transpose(b.segment(), b.rows(), b.cols(), to);
    return to;
  }

  private static void transpose(MemorySegment from, long rows, long cols, MemorySegment to) {
    for (long j = 0; j < cols; j++) {
      for (long i = 0; i < rows; i++) {
        to.setAtIndex(CELL, j * rows + i, from.getAtIndex(CELL, i * cols + j));
      }
    }
  }
}
