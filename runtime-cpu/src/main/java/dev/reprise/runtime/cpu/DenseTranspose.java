package dev.reprise.runtime.cpu;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.Transposes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes the transpose of cells that lie row by row, in tiles that fit into the second cache: by
 * machine code where there is some, else by Java, which turns smaller ones in arrays. Any thread.
 *
 * <p>Tiles are taken one below the other, so that what is written goes on where it was, and are at
 * least as wide as eight lines of the cache, so that what is read comes in runs. Transposes of 4000
 * x 1000, 100,000 x 80 and 1000 x 256 doubles take a third of what arrays took, or less.
 */
public final class DenseTranspose {
  /** Cells of a tile of code, in which the JVM can stop no thread. */
  private static final long TILE = 1 << 15;

  private static final long LEAST_WIDTH = 64;

  /** Rows of a tile are a multiple of this, for whole lines of the cache in what is written. */
  private static final long LINE = 16;

  /** Fewer cells are moved before code is called. */
  private static final long FEWEST_CELLS_OF_CODE = 64;

  /** Up to so many, one by one: what others have just written passes through no array. */
  private static final long FEW = 1024;

  private static final long ARRAY_CELLS = 4096;
  private static final long ARRAY_SIDE = 64;
  private static final long ARRAYS_PER_CHUNK = 16;

  private final MemorySegment from;
  private final MemorySegment to;
  private final Precision precision;
  private final long rows;
  private final long cols;

  /**
   * Nothing is written yet.
   *
   * @param from rows x cols cells
   * @param to as many, no memory of {@code from}
   */
  public DenseTranspose(
      Precision precision, MemorySegment from, long rows, long cols, MemorySegment to) {
    this.precision = precision;
    this.from = from;
    this.to = to;
    this.rows = rows;
    this.cols = cols;
  }

  /** Writes all of it with the threads of a kernel. */
  public void write(Parallel parallel, ExecutionContext context) {
    long cells = rows * cols;
    if (isCode()) {
      Tiles tiles = new Tiles(tileHeight(), tileWidth());
      parallel.forEach(context, tiles.count(), tile -> tiles.visit(tile, this::writeByCode));
    } else if (cells <= FEW) {
      writeCells();
    } else {
      Tiles tiles = arrayTiles();
      parallel.forRange(
          context,
          tiles.count(),
          ARRAYS_PER_CHUNK,
          (first, end) -> writeByArrays(tiles, first, end));
    }
  }

  /** Writes all of it on the calling thread. */
  public void write() {
    if (isCode()) {
      Tiles tiles = new Tiles(tileHeight(), tileWidth());
      for (long tile = 0; tile < tiles.count(); tile++) {
        tiles.visit(tile, this::writeByCode);
      }
    } else if (rows * cols <= FEW) {
      writeCells();
    } else {
      Tiles tiles = arrayTiles();
      writeByArrays(tiles, 0, tiles.count());
    }
  }

  private boolean isCode() {
    return rows * cols >= FEWEST_CELLS_OF_CODE && Transposes.areThere();
  }

  private long tileWidth() {
    return Math.min(cols, Math.max(LEAST_WIDTH, TILE / Math.max(rows, LINE) / LINE * LINE));
  }

  private long tileHeight() {
    return Math.min(rows, Math.max(LINE, TILE / tileWidth() / LINE * LINE));
  }

  private Tiles arrayTiles() {
    long width = Math.min(cols, ARRAY_SIDE);
    long height = Math.min(rows, ARRAY_CELLS / width);
    return new Tiles(height, Math.min(cols, Math.max(width, ARRAY_CELLS / height)));
  }

  /** What is done with the cells from a row and a column on. */
  @FunctionalInterface
  private interface TileBody {
    void run(long row, long col, long height, long width);
  }

  /** The tiles that cover the cells, numbered from the first column downwards. */
  private final class Tiles {
    private final long height;
    private final long width;
    private final long down;

    Tiles(long height, long width) {
      this.height = height;
      this.width = width;
      this.down = height == 0 ? 0 : Parallel.chunks(rows, height);
    }

    long count() {
      return width == 0 ? 0 : down * Parallel.chunks(cols, width);
    }

    int cells() {
      return (int) (height * width);
    }

    void visit(long tile, TileBody body) {
      long row = tile % down * height;
      long col = tile / down * width;
      body.run(row, col, Math.min(height, rows - row), Math.min(width, cols - col));
    }
  }

  private void writeByCode(long row, long col, long height, long width) {
    long bytes = precision.bytesPerCell();
    Transposes.run(
        precision,
        from.address() + (row * cols + col) * bytes,
        cols * bytes,
        to.address() + (col * rows + row) * bytes,
        rows * bytes,
        height,
        width);
  }

  private void writeCells() {
    if (precision == Precision.FP64) {
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

  private void writeByArrays(Tiles tiles, long first, long end) {
    double[] in = new double[tiles.cells()];
    double[] turned = new double[in.length];
    CellBlocks blocks = new CellBlocks(precision, in.length);
    for (long tile = first; tile < end; tile++) {
      tiles.visit(
          tile,
          (row, col, height, width) -> {
            int h = (int) height;
            int w = (int) width;
            load(row, col, h, w, blocks, in);
            turn(in, h, w, turned);
            store(turned, w, h, blocks, col, row);
          });
    }
  }

  private void load(long row, long col, int h, int w, CellBlocks blocks, double[] tile) {
    if (w == cols) {
      blocks.load(from, row * w, tile, 0, h * w);
      return;
    }
    for (int i = 0; i < h; i++) {
      blocks.load(from, (row + i) * cols + col, tile, i * w, w);
    }
  }

  private void store(double[] tile, int h, int w, CellBlocks blocks, long row, long col) {
    if (w == rows) {
      blocks.store(tile, 0, to, row * w, h * w);
      return;
    }
    for (int i = 0; i < h; i++) {
      blocks.store(tile, i * w, to, (row + i) * rows + col, w);
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
