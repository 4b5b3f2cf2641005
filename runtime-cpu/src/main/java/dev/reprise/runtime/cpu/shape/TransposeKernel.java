package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.FewCells;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Transposes by tiles of at most 4096 cells that are turned inside the first-level cache: rows are
 * read and written as runs of adjacent cells, whatever the shape.
 */
final class TransposeKernel implements FewCells {
  private static final int TILE_CELLS = 4096;
  private static final long TILE_SIDE = 64;
  private static final long SMALL = 1024;
  private static final long TILES_PER_CHUNK = 16;

  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision, which are turned as doubles in either. */
  TransposeKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.cols(), x.rows(), precision);
    long rows = x.rows();
    long cols = x.cols();
    if (rows == 1 || cols == 1) {
      Region.all(new DenseMatrix(cols, rows, x.precision(), x.buffer()))
          .copyTo(Region.all(out), cols, rows, parallel, context);
    } else if (x.cells() <= SMALL) {
      small(x, out);
    } else {
      tiled(x, out, context);
    }
    return new Operand[] {out};
  }

  @Override
  public Operand runFew(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = (DenseMatrix) inputs[0];
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.cols(), x.rows());
    if (x.rows() == 1 || x.cols() == 1) {
      MemorySegment.copy(x.segment(), 0, out.segment(), 0, x.bytes());
    } else {
      small(x, out);
    }
    return out;
  }

  /** Cell by cell: what others have just written, or will read, passes through no array. */
  private static void small(DenseMatrix x, DenseMatrix out) {
    MemorySegment from = x.segment();
    MemorySegment to = out.segment();
    long rows = x.rows();
    long cols = x.cols();
    if (x.precision() == Precision.FP64) {
      for (long col = 0, at = 0; col < cols; col++) {
        for (long row = 0; row < rows; row++, at++) {
          double cell = from.getAtIndex(ValueLayout.JAVA_DOUBLE, row * cols + col);
          to.setAtIndex(ValueLayout.JAVA_DOUBLE, at, cell);
        }
      }
    } else {
      for (long col = 0, at = 0; col < cols; col++) {
        for (long row = 0; row < rows; row++, at++) {
          float cell = from.getAtIndex(ValueLayout.JAVA_FLOAT, row * cols + col);
          to.setAtIndex(ValueLayout.JAVA_FLOAT, at, cell);
        }
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
          CellBlocks blocks = new CellBlocks(precision, in.length);
          for (long tile = from; tile < to; tile++) {
            long row = tile / tilesAcross * height;
            long col = tile % tilesAcross * tileWidth;
            int h = (int) Math.min(height, x.rows() - row);
            int w = (int) Math.min(tileWidth, x.cols() - col);
            load(x, row, col, h, w, blocks, in);
            turn(in, h, w, turned);
            store(turned, w, h, blocks, out, col, row);
          }
        });
  }

  private static void load(
      DenseMatrix x, long row, long col, int h, int w, CellBlocks blocks, double[] tile) {
    if (w == x.cols()) {
      blocks.load(x.segment(), row * w, tile, 0, h * w);
      return;
    }
    for (int i = 0; i < h; i++) {
      blocks.load(x.segment(), (row + i) * x.cols() + col, tile, i * w, w);
    }
  }

  private static void store(
      double[] tile, int h, int w, CellBlocks blocks, DenseMatrix out, long row, long col) {
    if (w == out.cols()) {
      blocks.store(tile, 0, out.segment(), row * w, h * w);
      return;
    }
    for (int i = 0; i < h; i++) {
      blocks.store(tile, i * w, out.segment(), (row + i) * out.cols() + col, w);
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
