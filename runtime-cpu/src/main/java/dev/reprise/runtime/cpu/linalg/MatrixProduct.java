package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code matmul}: C = op(A) op(B), where attributes {@code ta}, {@code tb} transpose an operand.
 */
final class MatrixProduct implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;
  private final VectorProduct vectors;
  private final SkinnyProduct skinny;
  private final PanelProduct panels;

  MatrixProduct(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
    this.vectors = new VectorProduct(parallel);
    this.skinny = new SkinnyProduct(vectors);
    this.panels = new PanelProduct(parallel, Precision.FP64);
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = Arguments.matrix(operation, inputs, 0);
    DenseMatrix b = Arguments.matrix(operation, inputs, 1);
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Shape left = ta ? a.shape().transposed() : a.shape();
    Shape right = tb ? b.shape().transposed() : b.shape();
    if (left.cols() != right.rows()) {
      throw new OperandException(
          "'%*%' needs as many columns on the left as rows on the right, but got "
              + left
              + " and "
              + right);
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix c = scratch.matrix(left.rows(), right.cols());
      multiply(a, ta, b, tb, left.cols(), c, scratch, context);
      return new Operand[] {scratch.keep(c)};
    }
  }

  private void multiply(
      DenseMatrix a,
      boolean ta,
      DenseMatrix b,
      boolean tb,
      long k,
      DenseMatrix c,
      Scratch scratch,
      ExecutionContext context) {
    if (c.cells() == 0) {
      return;
    }
    if (k == 0) {
      c.segment().asSlice(0, c.bytes()).fill((byte) 0);
    } else if (TinyProduct.fits(c.rows(), c.cols(), k)) {
      TinyProduct.multiply(a, ta, b, tb, (int) k, c);
    } else if (c.cols() == 1) {
      vectors.multiply(blas.get(), a, ta, b.segment(), c.segment(), scratch, context);
    } else if (c.rows() == 1) {
      vectors.multiply(blas.get(), b, !tb, a.segment(), c.segment(), scratch, context);
    } else if (SkinnyProduct.fits(a, c.cols())) {
      skinny.multiply(blas.get(), a, ta, b, tb, c, scratch, context);
    } else {
      Tiling tiling = Tiling.of(c.rows(), c.cols(), k);
      if (tiling.innerChunks() == 1 && panels.fits(c.rows(), c.cols(), k, tb)) {
        panels.multiply(a, ta, b, tb, k, c, context);
      } else if (tiling.isWhole()) {
        multiplyWhole(a, ta, b, tb, (int) k, c);
      } else {
        multiplyTiles(a, ta, b, tb, tiling, c, scratch, context);
      }
    }
  }

  private void multiplyWhole(
      DenseMatrix a, boolean ta, DenseMatrix b, boolean tb, int k, DenseMatrix c) {
    blas.get()
        .gemm(
            ta,
            tb,
            (int) c.rows(),
            (int) c.cols(),
            k,
            Blocks.at(a, 0, 0),
            Blocks.at(b, 0, 0),
            Blocks.at(c, 0, 0));
  }

  private void multiplyTiles(
      DenseMatrix a,
      boolean ta,
      DenseMatrix b,
      boolean tb,
      Tiling tiling,
      DenseMatrix c,
      Scratch scratch,
      ExecutionContext context) {
    Blas products = blas.get();
    Partials partials = new Partials(c, tiling.innerChunks(), scratch);
    long tiles = tiling.rowTiles() * tiling.colTiles();
    parallel.forEach(
        context,
        tiles * tiling.innerChunks(),
        task -> {
          long inner = task / tiles;
          long row = task % tiles / tiling.colTiles() * tiling.rowTile();
          long col = task % tiles % tiling.colTiles() * tiling.colTile();
          long depth = inner * tiling.innerChunk();
          int m = (int) Math.min(tiling.rowTile(), c.rows() - row);
          int n = (int) Math.min(tiling.colTile(), c.cols() - col);
          int k = (int) Math.min(tiling.innerChunk(), tiling.inner() - depth);
          MemorySegment target = partials.segment(inner);
          products.gemm(
              ta,
              tb,
              m,
              n,
              k,
              ta ? Blocks.at(a, depth, row) : Blocks.at(a, row, depth),
              tb ? Blocks.at(b, col, depth) : Blocks.at(b, depth, col),
              Blocks.at(target, c.cols(), row, col));
        });
    partials.addUp(parallel, context);
  }
}
