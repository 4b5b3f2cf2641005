package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.blas.CellProducts;

/**
 * Products of dense matrices of one precision, for kernels that need some on their way: by
 * generated code, or by BLAS. Which it is follows from shapes and the machine, and so do the bits.
 */
public final class DenseProducts {
  private final GeneratedProduct generated;
  private final TiledProduct tiles;

  public DenseProducts(Parallel parallel, Precision precision) {
    this.generated = new GeneratedProduct(parallel, precision);
    this.tiles = new TiledProduct(parallel);
  }

  /**
   * C = op(A) op(B), where op transposes a matrix that is given as its transpose.
   *
   * @param ta whether A is
   * @param tb whether B is
   * @param c all of its cells are written
   * @param blas what the library multiplies, where no code does
   */
  public void multiply(
      DenseMatrix a,
      boolean ta,
      DenseMatrix b,
      boolean tb,
      DenseMatrix c,
      CellProducts blas,
      ExecutionContext context) {
    Factors factors = new Factors(a, ta, b, tb);
    if (c.cells() == 0) {
      return;
    }
    if (factors.terms() == 0) {
      c.segment().asSlice(0, c.bytes()).fill((byte) 0);
      return;
    }
    GeneratedProduct.Way way = generated.findWhole(factors);
    if (way == null) {
      tiles.multiply(factors, blas::gemm, c, context);
    } else {
      way.multiply(factors, c, context);
    }
  }
}
