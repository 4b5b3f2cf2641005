package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.code.VectorProducts.Between;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code mmchain}: t(X) (X v), with attribute {@code with} t(X) (w * (X v)) or t(X) (X v - w). A
 * few rows of X are multiplied by v and, while they are in the cache, their transpose by the
 * result, so that X is read from memory once: by {@link StreamedProduct}, or by a library, in
 * blocks. What is added up on its own follows from the shape of X alone, and these sums are added
 * in their order, so the bits do not depend on the number of threads.
 */
final class ProductChain implements Kernel {
  /**
   * Cells of X per block of a library: 256 KiB, in the second-level cache. Rows of more cells are
   * not streamed, since a few of them would not stay in the cache.
   */
  private static final long CELLS = 1 << 15;

  /** Rows per block at least, so that the partial results stay small beside X. */
  private static final long LEAST_ROWS = 64;

  private final Parallel parallel;
  private final LazyBlas blas;
  private final StreamedProduct streamed;

  ProductChain(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
    this.streamed = new StreamedProduct(parallel);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    DenseMatrix v = Arguments.matrix(operation, inputs, 1);
    DenseMatrix w = isAbsent(inputs[2]) ? null : Arguments.matrix(operation, inputs, 2);
    check(operation, x, v, w);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix result = scratch.matrix(x.cols(), 1);
      if (x.rows() == 0 || x.cols() == 0) {
        result.segment().asSlice(0, result.bytes()).fill((byte) 0);
      } else if (StreamedProduct.isThere() && x.cols() <= CELLS) {
        streamed.chain(between(operation), x, v, w, result, scratch, context);
      } else {
        multiply(operation.attributes().get("with"), x, v, w, result, scratch, context);
      }
      return new Operand[] {scratch.keep(result)};
    }
  }

  static boolean isAbsent(Operand operand) {
    return operand instanceof Scalar scalar && scalar.isAbsent();
  }

  private static void check(Operation operation, DenseMatrix x, DenseMatrix v, DenseMatrix w) {
    boolean fits =
        v.rows() == x.cols()
            && v.cols() == 1
            && (w == null || w.rows() == x.rows() && w.cols() == 1)
            && (w == null) == (operation.attributes().get("with") == null);
    if (!fits) {
      throw new OperandException(
          "'mmchain' needs columns that fit the matrix, but got "
              + x.shape()
              + " and "
              + v.shape()
              + (w == null ? "" : " and " + w.shape()));
    }
  }

  private static Between between(Operation operation) {
    String with = operation.attributes().get("with");
    if (with == null) {
      return Between.NOTHING;
    }
    return with.equals("*") ? Between.TIMES : Between.MINUS;
  }

  private void multiply(
      String with,
      DenseMatrix x,
      DenseMatrix v,
      DenseMatrix w,
      DenseMatrix result,
      Scratch scratch,
      ExecutionContext context) {
    long height = Math.min(x.rows(), Math.max(LEAST_ROWS, CELLS / x.cols()));
    long blocks = Tiling.pieces(x.rows(), height);
    Partials partials = new Partials(result, blocks, scratch);
    MemorySegment middle = scratch.doubles(x.rows());
    Blas products = blas.get();
    int cols = Math.toIntExact(x.cols());
    parallel.forEach(
        context,
        blocks,
        block -> {
          long row = block * height;
          int rows = (int) Math.min(height, x.rows() - row);
          Blas.Block part = Blocks.at(x, row, 0);
          products.gemv(rows, cols, part, v.segment(), 0, middle, row);
          combine(with, middle, w, row, row + rows);
          products.gemvTransposed(rows, cols, part, middle, row, partials.segment(block), 0);
        });
    partials.addUp(parallel, context);
  }

  private static void combine(
      String with, MemorySegment middle, DenseMatrix w, long from, long to) {
    if (with == null) {
      return;
    }
    MemorySegment other = w.segment();
    if (with.equals("*")) {
      for (long i = from; i < to; i++) {
        double cell = other.getAtIndex(JAVA_DOUBLE, i) * middle.getAtIndex(JAVA_DOUBLE, i);
        middle.setAtIndex(JAVA_DOUBLE, i, cell);
      }
    } else {
      for (long i = from; i < to; i++) {
        double cell = middle.getAtIndex(JAVA_DOUBLE, i) - other.getAtIndex(JAVA_DOUBLE, i);
        middle.setAtIndex(JAVA_DOUBLE, i, cell);
      }
    }
  }
}
