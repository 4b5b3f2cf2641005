package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.blas.OpenBlas;
import dev.reprise.runtime.operation.Operation;
import java.util.function.Function;

/**
 * {@code matmul} of two float matrices in single precision: by {@link GeneratedProduct} or
 * OpenBLAS. Passes where neither can, for vectors and where the inner dimension would be cut: those
 * are computed in double.
 */
final class FloatProduct implements Kernel {
  private final LazyBlas blas;
  private final Function<Factors, GeneratedProduct.Way> generated;
  private final TiledProduct tiles;

  FloatProduct(Parallel parallel, LazyBlas blas) {
    this(parallel, blas, new GeneratedProduct(parallel, Precision.FP32)::find);
  }

  /**
   * Makes the kernel.
   *
   * @param generated how generated code computes a product; null where it does not
   */
  FloatProduct(
      Parallel parallel, LazyBlas blas, Function<Factors, GeneratedProduct.Way> generated) {
    this.blas = blas;
    this.generated = generated;
    this.tiles = new TiledProduct(parallel);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[0] instanceof DenseMatrix a) || !(inputs[1] instanceof DenseMatrix b)) {
      return null;
    }
    Factors factors = Factors.of(operation, a, b);
    GeneratedProduct.Way way = isOfFloats(factors) ? way(factors) : null;
    if (way == null) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix c = scratch.matrix(factors.rows(), factors.cols(), Precision.FP32);
      way.multiply(factors, c, context);
      return new Operand[] {scratch.keep(c)};
    }
  }

  private static boolean isOfFloats(Factors factors) {
    long m = factors.rows();
    long n = factors.cols();
    long k = factors.terms();
    return factors.match() && m > 1 && n > 1 && k > 0 && Tiling.of(m, n, k).innerChunks() == 1;
  }

  private GeneratedProduct.Way way(Factors factors) {
    GeneratedProduct.Way way = generated.apply(factors);
    if (way == null && blas.get() instanceof OpenBlas open) {
      return (all, c, context) -> tiles.multiply(all, open::gemmFloats, c, context);
    }
    return way;
  }
}
