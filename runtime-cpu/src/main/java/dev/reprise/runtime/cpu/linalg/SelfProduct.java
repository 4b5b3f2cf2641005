package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code tsmm}: t(X) X, or X t(X) with attribute {@code right}. Half of the arithmetic of a general
 * product, and exactly symmetric: the upper triangle is computed and mirrored.
 */
final class SelfProduct implements Kernel {
  /** Up to this many outputs per side the whole triangle is one tile, read from X once. */
  private static final long ONE_TILE = 1024;

  private static final long EDGE = 512;

  /** Partial results, at most: enough tasks for 16 cores. */
  private static final long CHUNKS = 32;

  private static final long LEAST_CHUNK = 1024;

  private final Parallel parallel;
  private final LazyBlas blas;
  private final VectorProduct vectors;
  private final LongSums longSums;

  SelfProduct(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
    this.vectors = new VectorProduct(parallel);
    this.longSums = new LongSums(parallel);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    boolean right = operation.attributes().isSet("right");
    Factors factors = new Factors(x, !right, x, right);
    long n = factors.rows();
    long k = factors.terms();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix c = scratch.matrix(n, n);
      if (k == 0) {
        c.segment().asSlice(0, c.bytes()).fill((byte) 0);
      } else if (TinyProduct.fits(factors)) {
        TinyProduct.multiply(factors, c);
      } else if (n == 1) {
        vectors.multiply(blas, x, !right, x.segment(), c.segment(), scratch, context);
      } else if (!right && LongSums.fits(n, n, k)) {
        longSums.multiplySelf(x, c, scratch, context);
        Layout.mirrorUpper(c, parallel, context);
      } else if (n > 1) {
        computeTriangle(x, right, n, k, c, scratch, context);
        Layout.mirrorUpper(c, parallel, context);
      }
      return new Operand[] {scratch.keep(c)};
    }
  }

  private void computeTriangle(
      DenseMatrix x,
      boolean right,
      long n,
      long k,
      DenseMatrix c,
      Scratch scratch,
      ExecutionContext context) {
    long edge = n <= ONE_TILE ? n : Tiling.even(n, EDGE);
    long side = Tiling.pieces(n, edge);
    long tiles = side * (side + 1) / 2;
    long chunk = innerChunk(n, k, tiles);
    long chunks = Tiling.pieces(k, chunk);
    Blas products = blas.get();
    Partials partials = new Partials(c, chunks, scratch);
    parallel.forEach(
        context,
        tiles * chunks,
        task -> {
          long inner = task / tiles;
          long row = 0;
          long col = task % tiles;
          for (; col >= side - row; row++) {
            col -= side - row;
          }
          col += row;
          long depth = inner * chunk;
          int rows = (int) Math.min(edge, n - row * edge);
          int cols = (int) Math.min(edge, n - col * edge);
          int k1 = (int) Math.min(chunk, k - depth);
          Blas.Block a = right ? Blocks.at(x, row * edge, depth) : Blocks.at(x, depth, row * edge);
          Blas.Block b = right ? Blocks.at(x, col * edge, depth) : Blocks.at(x, depth, col * edge);
          Blas.Block target = Blocks.at(partials.segment(inner), n, row * edge, col * edge);
          if (row != col) {
            products.gemm(!right, right, rows, cols, k1, a, b, target);
          } else if (right) {
            products.syrkRight(rows, k1, a, target);
          } else {
            products.syrk(rows, k1, a, target);
          }
        });
    partials.addUp(parallel, context);
  }

  /** Chunks are at least twice as long as the output is wide: partials take half of X at most. */
  private static long innerChunk(long n, long k, long tiles) {
    long most = tiles == 1 ? CHUNKS : 1;
    long chunk = Math.max(Tiling.pieces(k, most), Math.max(LEAST_CHUNK, 2 * n));
    return Math.min(Tiling.even(k, Math.min(chunk, k)), 1L << 30);
  }
}
