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
 * {@code matmul} of two float matrices in single precision: by {@link PanelProduct}, {@link
 * PackedProduct} or OpenBLAS. Passes where none of them can, for vectors and where the inner
 * dimension would be cut: those are computed in double.
 */
final class FloatProduct implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;
  private final PanelProduct panels;
  private final PackedProduct packed;

  FloatProduct(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
    this.panels = new PanelProduct(parallel, Precision.FP32);
    this.packed = new PackedProduct(parallel);
  }

  /** How a product is computed. */
  private interface Way {
    void multiply(
        DenseMatrix a,
        boolean ta,
        DenseMatrix b,
        boolean tb,
        long k,
        DenseMatrix c,
        ExecutionContext context);
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
    Way way = Tiling.of(m, n, k).innerChunks() > 1 ? null : way(m, n, k, tb);
    if (way == null) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix c = scratch.matrix(m, n, Precision.FP32);
      way.multiply(a, ta, b, tb, k, c, context);
      return new Operand[] {scratch.keep(c)};
    }
  }

  private Way way(long m, long n, long k, boolean tb) {
    if (panels.fits(m, n, k, tb)) {
      return panels::multiply;
    }
    if (PackedProduct.fits(m, n, k)) {
      return packed::multiply;
    }
    return blas.get() instanceof OpenBlas open ? new Tiles(open, parallel)::multiply : null;
  }

  /** By OpenBLAS, tile by tile. */
  private record Tiles(OpenBlas open, Parallel parallel) {
    private void multiply(
        DenseMatrix a,
        boolean ta,
        DenseMatrix b,
        boolean tb,
        long k,
        DenseMatrix c,
        ExecutionContext context) {
      Tiling tiling = Tiling.of(c.rows(), c.cols(), k);
      parallel.forEach(
          context,
          tiling.rowTiles() * tiling.colTiles(),
          tile -> {
            long row = tile / tiling.colTiles() * tiling.rowTile();
            long col = tile % tiling.colTiles() * tiling.colTile();
            open.gemmFloats(
                ta,
                tb,
                (int) Math.min(tiling.rowTile(), c.rows() - row),
                (int) Math.min(tiling.colTile(), c.cols() - col),
                (int) k,
                ta ? Blocks.at(a, 0, row) : Blocks.at(a, row, 0),
                tb ? Blocks.at(b, col, 0) : Blocks.at(b, 0, col),
                Blocks.at(c, row, col));
          });
    }
  }
}
