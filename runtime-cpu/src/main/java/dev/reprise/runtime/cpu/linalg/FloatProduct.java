package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.blas.OpenBlas;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code matmul} of two float matrices in single precision. Passes without OpenBLAS (but for {@link
 * PanelProduct}), for vectors and where the inner dimension would be cut: those are computed in
 * double.
 */
final class FloatProduct implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;
  private final PanelProduct panels;

  FloatProduct(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
    this.panels = new PanelProduct(parallel, Precision.FP32);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (!(inputs[0] instanceof DenseMatrix a) || !(inputs[1] instanceof DenseMatrix b)) {
      return null;
    }
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Shape left = ta ? a.shape().transposed() : a.shape();
    Shape right = tb ? b.shape().transposed() : b.shape();
    long m = left.rows();
    long n = right.cols();
    long k = left.cols();
    if (k != right.rows() || m <= 1 || n <= 1 || k == 0) {
      return null;
    }
    Tiling tiling = Tiling.of(m, n, k);
    if (tiling.innerChunks() > 1) {
      return null;
    }
    if (panels.fits(m, n, k, tb)) {
      try (Scratch scratch = new Scratch(context.allocator())) {
        DenseMatrix c = scratch.matrix(m, n, Precision.FP32);
        panels.multiply(a, ta, b, tb, k, c, context);
        return new Operand[] {scratch.keep(c)};
      }
    }
    if (!(blas.get() instanceof OpenBlas open)) {
      return null;
    }
    DenseMatrix c = DenseMatrix.allocate(context.allocator(), m, n, Precision.FP32);
    parallel.forEach(
        context,
        tiling.rowTiles() * tiling.colTiles(),
        tile -> {
          long row = tile / tiling.colTiles() * tiling.rowTile();
          long col = tile % tiling.colTiles() * tiling.colTile();
          open.gemmFloats(
              ta,
              tb,
              (int) Math.min(tiling.rowTile(), m - row),
              (int) Math.min(tiling.colTile(), n - col),
              (int) k,
              ta ? Blocks.at(a, 0, row) : Blocks.at(a, row, 0),
              tb ? Blocks.at(b, col, 0) : Blocks.at(b, 0, col),
              Blocks.at(c, row, col));
        });
    return new Operand[] {c};
  }
}
