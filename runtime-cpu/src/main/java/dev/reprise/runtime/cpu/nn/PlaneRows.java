package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Some rows of all planes of an image as vectors over its planes: what belongs to one column of a
 * row lies together, and even and odd columns lie in arrays of their own. So operations on tiles
 * two columns apart are loops over arrays.
 *
 * <p>Belongs to one thread.
 */
final class PlaneRows {
  private final int planes;
  private final int height;
  private final int width;
  private final int padTop;
  private final int padLeft;
  private final CellBlocks blocks;
  private final double[] cells;
  private int low;
  private int rows;

  /**
   * @param padTop rows of zeros above a plane
   * @param padLeft columns of zeros on its left
   * @param mostRows that are read at once
   */
  PlaneRows(
      int planes,
      int height,
      int width,
      int padTop,
      int padLeft,
      int mostRows,
      Precision precision) {
    this.planes = planes;
    this.height = height;
    this.width = width;
    this.padTop = padTop;
    this.padLeft = padLeft;
    int most = Math.min(height, mostRows) * width;
    this.blocks = new CellBlocks(precision, most);
    this.cells = new double[Math.multiplyExact(planes, most)];
  }

  /** Reads the rows that lie in a range of rows of the padded planes of an image. */
  void read(MemorySegment images, long image, int from, int to) {
    low = Math.clamp((long) from - padTop, 0, height);
    rows = Math.clamp((long) to - padTop, low, height) - low;
    int count = rows * width;
    long plane = image * planes * height * width + (long) low * width;
    for (int c = 0; c < planes; c++) {
      blocks.load(images, plane, cells, c * count, count);
      plane += (long) height * width;
    }
  }

  /**
   * The columns of a row of the padded planes.
   *
   * @param even cells of plane c in the columns 0, 2, ... at c, planes + c, ...; what is padding on
   *     the left or right must be 0 and is left alone
   * @return false, with undefined columns, when all of the row is padding
   */
  boolean split(int row, double[] even, double[] odd) {
    int at = row - padTop - low;
    if (at < 0 || at >= rows) {
      return false;
    }
    boolean startsEven = padLeft % 2 == 0;
    double[] first = startsEven ? even : odd;
    double[] second = startsEven ? odd : even;
    int firstAt = padLeft / 2 * planes;
    int secondAt = (padLeft + 1) / 2 * planes;
    int firstCount = Math.min((width + 1) / 2, (first.length - firstAt) / planes);
    int secondCount = Math.min(width / 2, (second.length - secondAt) / planes);
    for (int c = 0; c < planes; c++) {
      int source = (c * rows + at) * width;
      everySecond(cells, source, firstCount, first, firstAt + c);
      everySecond(cells, source + 1, secondCount, second, secondAt + c);
    }
    return true;
  }

  private void everySecond(double[] from, int at, int count, double[] to, int start) {
    int target = start;
    for (int i = 0; i < count; i++) {
      to[target] = from[at + 2 * i];
      target += planes;
    }
  }

  /** Starts rows that are to be written: {@link #join} each, then {@link #write}. */
  void begin(int from, int to) {
    low = from;
    rows = Math.min(height, to) - from;
  }

  /** Takes the columns of a row of planes without padding; nothing below the last row. */
  void join(int row, double[] even, double[] odd) {
    int at = row - low;
    if (at >= rows) {
      return;
    }
    for (int c = 0; c < planes; c++) {
      int target = (c * rows + at) * width;
      toEverySecond(even, c, (width + 1) / 2, cells, target);
      toEverySecond(odd, c, width / 2, cells, target + 1);
    }
  }

  private void toEverySecond(double[] from, int start, int count, double[] to, int at) {
    int source = start;
    for (int i = 0; i < count; i++) {
      to[at + 2 * i] = from[source];
      source += planes;
    }
  }

  /** Writes the rows that were joined. */
  void write(MemorySegment images, long image) {
    int count = rows * width;
    long plane = image * planes * height * width + (long) low * width;
    for (int c = 0; c < planes; c++) {
      blocks.store(cells, c * count, images, plane, count);
      plane += (long) height * width;
    }
  }

  /** Clears a row that is padding. */
  static void clear(double[][] row) {
    for (double[] cells : row) {
      Arrays.fill(cells, 0);
    }
  }
}
