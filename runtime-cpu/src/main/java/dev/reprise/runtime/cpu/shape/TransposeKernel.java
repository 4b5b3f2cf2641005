package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * Transposes by tiles of at most 4096 cells that are turned inside the first-level cache: rows are
 * read and written as runs of adjacent cells, whatever the shape.
 */
final class TransposeKernel implements Kernel {
  private static final int TILE_CELLS = 4096;
  private static final long TILE_SIDE = 64;
  private static final long SMALL = 1024;
  private static final long TILES_PER_CHUNK = 16;

  private final Parallel parallel;

  TransposeKernel(Parallel parallel) {
    this.parallel = parallel;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.cols(), x.rows());
    long rows = x.rows();
    long cols = x.cols();
    if (rows == 1 || cols == 1) {
      Region.all(new DenseMatrix(cols, rows, x.precision(), x.buffer()))
          .copyTo(Region.all(out), cols, rows, parallel, context);
    } else if (x.cells() <= SMALL) {
      small(x.segment(), out.segment(), rows, cols);
    } else {
      tiled(x, out, context);
    }
    return new Operand[] {out};
  }

  private static void small(MemorySegment x, MemorySegment out, long rows, long cols) {
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        out.set(Region.CELL, 8 * (j * rows + i), x.get(Region.CELL, 8 * (i * cols + j)));
      }
    }
  }

  private void tiled(DenseMatrix x, DenseMatrix out, ExecutionContext context) {
    long width = Math.min(x.cols(), TILE_SIDE);
    long height = Math.min(x.rows(), TILE_CELLS / width);
    long tileWidth = Math.min(x.cols(), Math.max(width, TILE_CELLS / height));
    long tilesAcross = Parallel.chunks(x.cols(), tileWidth);
    long tiles = tilesAcross * Parallel.chunks(x.rows(), height);
    parallel.forRange(
        context,
        tiles,
        TILES_PER_CHUNK,
        (from, to) -> {
          double[] in = new double[(int) (height * tileWidth)];
          double[] turned = new double[in.length];
          for (long tile = from; tile < to; tile++) {
            long row = tile / tilesAcross * height;
            long col = tile % tilesAcross * tileWidth;
            int h = (int) Math.min(height, x.rows() - row);
            int w = (int) Math.min(tileWidth, x.cols() - col);
            load(x, row, col, h, w, in);
            turn(in, h, w, turned);
            store(turned, w, h, out, col, row);
          }
        });
  }

  private static void load(DenseMatrix x, long row, long col, int h, int w, double[] tile) {
    if (w == x.cols()) {
      MemorySegment.copy(x.segment(), Region.CELL, 8 * row * w, tile, 0, h * w);
      return;
    }
    for (int i = 0; i < h; i++) {
      long at = 8 * ((row + i) * x.cols() + col);
      MemorySegment.copy(x.segment(), Region.CELL, at, tile, i * w, w);
    }
  }

  private static void store(double[] tile, int h, int w, DenseMatrix out, long row, long col) {
    if (w == out.cols()) {
      MemorySegment.copy(tile, 0, out.segment(), Region.CELL, 8 * row * w, h * w);
      return;
    }
    for (int i = 0; i < h; i++) {
      long at = 8 * ((row + i) * out.cols() + col);
      MemorySegment.copy(tile, i * w, out.segment(), Region.CELL, at, w);
    }
  }

  private static void turn(double[] in, int h, int w, double[] out) {
    for (int j = 0; j < w; j++) {
      int at = j * h;
      for (int i = 0; i < h; i++) {
        out[at + i] = in[i * w + j];
      }
    }
  }
}
