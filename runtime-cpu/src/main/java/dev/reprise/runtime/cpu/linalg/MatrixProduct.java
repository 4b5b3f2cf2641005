package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Function;

/**
 * {@code matmul}: C = op(A) op(B), where attributes {@code ta}, {@code tb} transpose an operand.
 */
final class MatrixProduct implements Kernel {
  private final LazyBlas blas;
  private final VectorProduct vectors;
  private final SkinnyProduct skinny;
  private final LongSums longSums;
  private final Function<Factors, GeneratedProduct.Way> generated;
  private final TiledProduct tiles;

  MatrixProduct(Parallel parallel, LazyBlas blas) {
    this(parallel, blas, new GeneratedProduct(parallel, Precision.FP64)::find);
  }

  /**
   * Makes the kernel.
   *
   * @param generated how generated code computes a product; null where it does not
   */
  MatrixProduct(
      Parallel parallel, LazyBlas blas, Function<Factors, GeneratedProduct.Way> generated) {
    this.blas = blas;
    this.vectors = new VectorProduct(parallel);
    this.skinny = new SkinnyProduct(parallel, vectors);
    this.longSums = new LongSums(parallel);
    this.generated = generated;
    this.tiles = new TiledProduct(parallel);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = Arguments.matrix(operation, inputs, 0);
    DenseMatrix b = Arguments.matrix(operation, inputs, 1);
    Factors factors = Factors.of(operation, a, b);
    if (!factors.match()) {
      throw new OperandException(
          "'%*%' needs as many columns on the left as rows on the right, but got "
              + factors.left()
              + " and "
              + factors.right());
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix c = scratch.matrix(factors.rows(), factors.cols());
      multiply(factors, c, scratch, context);
      return new Operand[] {scratch.keep(c)};
    }
  }

  private void multiply(Factors factors, DenseMatrix c, Scratch scratch, ExecutionContext context) {
    DenseMatrix a = factors.a();
    DenseMatrix b = factors.b();
    if (c.cells() == 0) {
      return;
    }
    if (factors.terms() == 0) {
      c.segment().asSlice(0, c.bytes()).fill((byte) 0);
    } else if (TinyProduct.fits(factors)) {
      TinyProduct.multiply(factors, c);
    } else if (c.cols() == 1) {
      vectors.multiply(blas, a, factors.ta(), b.segment(), c.segment(), scratch, context);
    } else if (c.rows() == 1) {
      vectors.multiply(blas, b, !factors.tb(), a.segment(), c.segment(), scratch, context);
    } else {
      multiplyMatrices(factors, c, scratch, context);
    }
  }

  /** Whether {@link GeneratedProduct} computes a product if it can. */
  static boolean isForCode(Factors factors) {
    long rows = factors.rows();
    long cols = factors.cols();
    return rows > 1
        && cols > 1
        && factors.terms() > 0
        && !TinyProduct.fits(factors)
        && !isLong(factors)
        && !SkinnyProduct.isShort(factors);
  }

  private static boolean isLong(Factors factors) {
    return factors.ta()
        && !factors.tb()
        && LongSums.fits(factors.rows(), factors.cols(), factors.terms());
  }

  private void multiplyMatrices(
      Factors factors, DenseMatrix c, Scratch scratch, ExecutionContext context) {
    GeneratedProduct.Way way = isForCode(factors) ? generated.apply(factors) : null;
    if (isLong(factors)) {
      longSums.multiply(factors.a(), factors.b(), c, scratch, context);
    } else if (way != null) {
      way.multiply(factors, c, context);
    } else if (SkinnyProduct.fits(factors)) {
      skinny.multiply(blas, factors, c, scratch, context);
    } else {
      tiles.multiply(factors, blas.get()::gemm, c, context);
    }
  }
}
