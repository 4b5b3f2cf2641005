package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;

/** Products by a library that multiplies blocks, a task for each tile of {@link Tiling}. */
final class TiledProduct {
  private final Parallel parallel;

  TiledProduct(Parallel parallel) {
    this.parallel = parallel;
  }

  /** What a library does: {@link Blas#gemm} or the like, for cells of one precision. */
  interface BlockProduct {
    void multiply(
        boolean ta, boolean tb, int m, int n, int k, Blas.Block a, Blas.Block b, Blas.Block c);
  }

  /** Writes all cells of C. */
  void multiply(Factors factors, BlockProduct product, DenseMatrix c, ExecutionContext context) {
    Tiling tiling = Tiling.of(c.rows(), c.cols(), factors.terms());
    long tiles = tiling.rowTiles() * tiling.colTiles();
    try (Scratch scratch = new Scratch(context.allocator())) {
      Partials partials = new Partials(c, tiling.innerChunks(), scratch);
      parallel.forEach(
          context,
          tiles * tiling.innerChunks(),
          task -> {
            long inner = task / tiles;
            long row = task % tiles / tiling.colTiles() * tiling.rowTile();
            long col = task % tiles % tiling.colTiles() * tiling.colTile();
            long term = inner * tiling.innerChunk();
            product.multiply(
                factors.ta(),
                factors.tb(),
                (int) Math.min(tiling.rowTile(), c.rows() - row),
                (int) Math.min(tiling.colTile(), c.cols() - col),
                (int) Math.min(tiling.innerChunk(), tiling.inner() - term),
                factors.leftAt(row, term),
                factors.rightAt(term, col),
                Blocks.at(partials.segment(inner), c.cols(), row, col));
          });
      partials.addUp(parallel, context);
    }
  }
}
