package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;
import java.util.List;
import java.util.Locale;

/**
 * What a launch of {@code convolution.c} computes: sums of products of a matrix and of cells of
 * images, read where they lie. Sizes and places fit 30 bits.
 *
 * @param rows of the result, in each group
 * @param cols the result's columns, as places of three digits
 * @param terms of each sum, likewise
 * @param left where cells of the matrix lie, by term
 * @param images where the other factors lie
 * @param result where cells of the result lie, by column
 * @param skips no product where there is no cell; else zero is multiplied there
 */
record Contraction(
    int groups,
    int rows,
    Digits cols,
    Digits terms,
    Linear left,
    Planes images,
    Linear result,
    boolean skips) {
  private static final int GROUP = 256;

  /** Groups of threads that keep a large GPU busy; with fewer the sums are cut. */
  private static final long ENOUGH_GROUPS = 1024;

  private static final int LEAST_CHUNK = 128;

  /** From so many parts on several threads add those of a cell. */
  private static final int MANY_PARTS = 16;

  /** Places counted by three digits, of which the first has no bound of its own. */
  record Digits(int count, int second, int third) {}

  /** Where something lies: in a group, in a row, by three digits. */
  record Linear(int at, int group, int row, int first, int second, int third) {}

  /** Where a plane is read: {@code at + term * t + column * c}. */
  record Axis(int at, int term, int column) {}

  /** Planes of images: by group, by the first digits of term and column, by row and column. */
  record Planes(int group, int term, int column, int height, int width, Axis y, Axis z) {}

  /** What a group of threads computes. */
  enum Tile {
    COLUMNS_64(64, 16, 1.0),
    COLUMNS_32(32, 32, 0.85),
    COLUMNS_16(16, 16, 0.5),
    SUMS_64(64, 16, 1.0),
    SUMS_32(32, 0, 0.55);

    private final int rows;
    private final int vectors;
    private final double speed;

    /**
     * @param rows of a tile
     * @param vectors a tile has twice as many columns for each of the cells in 16 bytes; 0: 32
     *     columns
     * @param speed of the fastest, by the instructions for each product; not measured
     */
    Tile(int rows, int vectors, double speed) {
      this.rows = rows;
      this.vectors = vectors;
      this.speed = speed;
    }

    static final List<Tile> OF_COLUMNS = List.of(COLUMNS_64, COLUMNS_32, COLUMNS_16);
    static final List<Tile> OF_SUMS = List.of(SUMS_64, SUMS_32);

    private int columns(Precision precision) {
      return vectors == 0 ? 32 : vectors * (precision == Precision.FP64 ? 4 : 8);
    }

    long tiles(long ofRows, long ofCols, Precision precision) {
      return Gemm.pieces(ofRows, rows) * Gemm.pieces(ofCols, columns(precision));
    }

    /** Multiplications for each term, those beyond the edges too, as if all tiles were fast. */
    double work(long ofRows, long ofCols, Precision precision) {
      return (double) tiles(ofRows, ofCols, precision) * rows * columns(precision) / speed;
    }

    /** The one with the least work. */
    static Tile best(List<Tile> tiles, long rows, long cols, Precision precision) {
      Tile best = tiles.getFirst();
      for (Tile tile : tiles) {
        if (tile.work(rows, cols, precision) < best.work(rows, cols, precision)) {
          best = tile;
        }
      }
      return best;
    }

    private String kernel() {
      return "convolution/" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** Into how many chunks long sums are cut, by shape alone. */
  static int chunks(Tile tile, long groups, long rows, long cols, long terms, Precision precision) {
    long tiles = groups * tile.tiles(rows, cols, precision);
    long chunks = Math.clamp(ENOUGH_GROUPS / tiles, 1, Math.max(1, terms / LEAST_CHUNK));
    return (int) Gemm.pieces(terms, Gemm.pieces(terms, chunks));
  }

  /**
   * Computes the parts of all chunks.
   *
   * @param partCells from one part of the result to the next
   */
  void run(
      KernelCall call,
      Tile tile,
      DeviceBuffer out,
      DeviceBuffer a,
      DeviceBuffer x,
      int chunks,
      long partCells) {
    long works = groups * tile.tiles(rows, cols.count, call.precision()) * chunks;
    call.runGroups(
        tile.kernel(),
        Math.min(works, Integer.MAX_VALUE),
        GROUP,
        out,
        a,
        x,
        groups,
        rows,
        cols.count,
        cols.second,
        cols.third,
        terms.count,
        terms.second,
        terms.third,
        (int) Math.max(1, Gemm.pieces(terms.count, chunks)),
        chunks,
        left.at,
        left.group,
        left.row,
        left.first,
        left.second,
        left.third,
        images.group,
        images.term,
        images.column,
        images.height,
        images.width,
        images.y.at,
        images.y.term,
        images.y.column,
        images.z.at,
        images.z.term,
        images.z.column,
        result.at,
        result.group,
        result.row,
        result.first,
        result.second,
        result.third,
        partCells,
        skips ? 1 : 0);
  }

  /** Adds up parts, in an order that follows from their number alone. */
  static void addParts(
      KernelCall call, DeviceBuffer out, DeviceBuffer parts, long cells, int count) {
    if (count < MANY_PARTS) {
      call.run("gemm/add_up", cells, out, parts, cells, (long) count);
    } else {
      long groups = Math.min(Gemm.pieces(cells, 32), 1 << 16);
      call.runGroups("convolution/add_parts", groups, GROUP, out, parts, cells, (long) count);
    }
  }
}
