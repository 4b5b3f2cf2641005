package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Moves cells between images and patch matrices. Row (c, r, s) of a patch matrix holds, for each
 * position (p, q) of the window, the cell of channel c that lies under place (r, s) of the window;
 * 0 where that is in the padding.
 */
final class Patches {
  /** From so many cells on a call of the copying routine pays. */
  private static final int LONG_RUN = 16;

  /** Cells of a channel, at most, that are added to in an array. */
  private static final int MOST_ROWS = 1 << 20;

  private final WindowShape shape;
  private final Precision precision;
  private final int bytes;
  private final int outWidth;

  /** Whether the rows of images and outputs are equally long and the window moves by one. */
  private final boolean shiftsWhole;

  /** Of images and patches of that precision. */
  Patches(WindowShape shape, Precision precision) {
    this.shape = shape;
    this.precision = precision;
    this.bytes = precision.bytesPerCell();
    this.outWidth = shape.outWidth();
    this.shiftsWhole =
        shape.strideHeight() == 1 && shape.strideWidth() == 1 && outWidth == shape.width();
  }

  /** True when the patch matrix of an image is the image. */
  static boolean areImages(WindowShape shape) {
    return shape.filterHeight() == 1
        && shape.filterWidth() == 1
        && shape.strideHeight() == 1
        && shape.strideWidth() == 1
        && shape.padHeight() == 0
        && shape.padWidth() == 0;
  }

  /** A piece of the patch matrix of one image: some channels and some rows of the output. */
  record Piece(long image, int channelFrom, int channelTo, int rowFrom, int rowTo) {}

  /** Writes a piece to {@code patches}, from cell {@code at} on, {@code stride} cells per row. */
  void gather(MemorySegment images, Piece piece, MemorySegment patches, long at, long stride) {
    long row = at;
    for (int c = piece.channelFrom; c < piece.channelTo; c++) {
      long plane = piece.image * shape.inputCols() + c * shape.planeCells();
      for (int r = 0; r < shape.filterHeight(); r++) {
        for (int s = 0; s < shape.filterWidth(); s++) {
          int down = r * shape.dilationHeight();
          int right = s * shape.dilationWidth();
          if (shiftsWhole) {
            gatherShifted(images, plane, down, right, piece, patches, row);
          } else {
            gatherRow(images, plane, down, right, piece, patches, row);
          }
          row += stride;
        }
      }
    }
  }

  /** One row of the patch matrix where the window moves by single cells and keeps the width. */
  private void gatherShifted(
      MemorySegment images,
      long plane,
      int down,
      int right,
      Piece piece,
      MemorySegment patches,
      long start) {
    int first = Math.clamp((long) shape.padHeight() - down, piece.rowFrom, piece.rowTo);
    int end = Math.clamp((long) shape.height() + shape.padHeight() - down, first, piece.rowTo);
    long width = outWidth;
    fill(patches, start, (first - piece.rowFrom) * width);
    fill(patches, start + (end - piece.rowFrom) * width, (piece.rowTo - end) * width);
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    if (first == end || from == to) {
      fill(patches, start + (first - piece.rowFrom) * width, (end - first) * width);
      return;
    }
    long target = start + (first - piece.rowFrom) * width;
    long source =
        plane + (first + (long) down - shape.padHeight()) * width + right - shape.padWidth();
    long cells = (end - first - 1) * width + to - from;
    MemorySegment.copy(
        images, bytes * (source + from), patches, bytes * (target + from), bytes * cells);
    clearBorders(patches, target, end - first, from, to);
  }

  /** Clears what lies before column {@code from} and from column {@code to} on. */
  private void clearBorders(MemorySegment patches, long start, int rows, int from, int to) {
    long row = start;
    for (int i = 0; i < rows; i++) {
      clear(patches, row, from);
      clear(patches, row + to, outWidth - to);
      row += outWidth;
    }
  }

  private void fill(MemorySegment target, long at, long count) {
    if (count > 0) {
      target.asSlice(bytes * at, bytes * count).fill((byte) 0);
    }
  }

  private void gatherRow(
      MemorySegment images,
      long plane,
      int down,
      int right,
      Piece piece,
      MemorySegment patches,
      long start) {
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    long target = start;
    for (int p = piece.rowFrom; p < piece.rowTo; p++) {
      long y = (long) p * shape.strideHeight() - shape.padHeight() + down;
      if (y < 0 || y >= shape.height()) {
        clear(patches, target, outWidth);
      } else {
        long source = plane + y * shape.width() - shape.padWidth() + right;
        clear(patches, target, from);
        copy(images, source + (long) from * shape.strideWidth(), patches, target + from, to - from);
        clear(patches, target + to, outWidth - to);
      }
      target += outWidth;
    }
  }

  private void copy(
      MemorySegment source, long sourceAt, MemorySegment target, long targetAt, int count) {
    int step = shape.strideWidth();
    if (step == 1 && count >= LONG_RUN) {
      MemorySegment.copy(source, bytes * sourceAt, target, bytes * targetAt, (long) bytes * count);
    } else if (precision == Precision.FP32) {
      for (int i = 0; i < count; i++) {
        float cell = source.getAtIndex(JAVA_FLOAT, sourceAt + (long) i * step);
        target.setAtIndex(JAVA_FLOAT, targetAt + i, cell);
      }
    } else {
      for (int i = 0; i < count; i++) {
        double cell = source.getAtIndex(JAVA_DOUBLE, sourceAt + (long) i * step);
        target.setAtIndex(JAVA_DOUBLE, targetAt + i, cell);
      }
    }
  }

  private void clear(MemorySegment target, long at, int count) {
    if (precision == Precision.FP32) {
      for (int i = 0; i < count; i++) {
        target.setAtIndex(JAVA_FLOAT, at + i, 0);
      }
    } else {
      for (int i = 0; i < count; i++) {
        target.setAtIndex(JAVA_DOUBLE, at + i, 0);
      }
    }
  }

  /** The first position of the window whose column right lies inside the image. */
  private int firstInside(int right) {
    int outside = Math.max(0, shape.padWidth() - right);
    return (int)
        Math.min(outWidth, ((long) outside + shape.strideWidth() - 1) / shape.strideWidth());
  }

  /** One past the last position of the window whose column right lies inside the image. */
  private int endInside(int right) {
    long last = (long) shape.width() - 1 + shape.padWidth() - right;
    return last < 0 ? 0 : (int) Math.min(outWidth, last / shape.strideWidth() + 1);
  }

  /**
   * Adds a piece of a patch matrix to the images' cells that it stands for, of floats in double as
   * far as windows move by one. The channels of the piece belong to the caller, whichever rows.
   */
  void scatterAdd(MemorySegment patches, long at, long stride, Piece piece, MemorySegment images) {
    int low = Math.clamp((long) piece.rowFrom - shape.padHeight(), 0, shape.height());
    long reach = (long) (shape.filterHeight() - 1) * shape.dilationHeight();
    int high = Math.clamp((long) piece.rowTo - shape.padHeight() + reach, low, shape.height());
    long cells = (long) (high - low) * shape.width();
    double[] shifted = null;
    double[] rows = null;
    CellBlocks blocks = null;
    if (shiftsWhole && cells <= MOST_ROWS) {
      shifted = new double[(piece.rowTo - piece.rowFrom) * outWidth];
      rows = new double[(int) cells];
      blocks = new CellBlocks(precision, Math.max(shifted.length, rows.length));
    }
    long row = at;
    for (int c = piece.channelFrom; c < piece.channelTo; c++) {
      long plane = piece.image * shape.inputCols() + c * shape.planeCells();
      long start = plane + (long) low * shape.width();
      if (rows != null) {
        blocks.load(images, start, rows, 0, rows.length);
      }
      for (int r = 0; r < shape.filterHeight(); r++) {
        for (int s = 0; s < shape.filterWidth(); s++) {
          int down = r * shape.dilationHeight();
          int right = s * shape.dilationWidth();
          if (rows != null) {
            addShifted(patches, row, down, right, piece, shifted, rows, low, blocks);
          } else {
            scatterRow(patches, row, down, right, piece, images, plane);
          }
          row += stride;
        }
      }
      if (rows != null) {
        blocks.store(rows, 0, images, start, rows.length);
      }
    }
  }

  /**
   * As {@link #gatherShifted}, to the rows of a channel from row {@code low} on: what stands for
   * padding becomes 0 and is added anywhere. Sums start from 0, so they are never minus zero.
   *
   * @param shifted scratch for a row of the patch matrix
   */
  private void addShifted(
      MemorySegment patches,
      long start,
      int down,
      int right,
      Piece piece,
      double[] shifted,
      double[] rows,
      int low,
      CellBlocks blocks) {
    int first = Math.clamp((long) shape.padHeight() - down, piece.rowFrom, piece.rowTo);
    int end = Math.clamp((long) shape.height() + shape.padHeight() - down, first, piece.rowTo);
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    if (first == end || from == to) {
      return;
    }
    int width = outWidth;
    long source = start + (long) (first - piece.rowFrom) * width + from;
    int last = (end - first - 1) * width + to;
    blocks.load(patches, source, shifted, from, last - from);
    for (int at = to; at < last; at += width) {
      Arrays.fill(shifted, at, at + width - to + from, 0);
    }
    add(
        shifted,
        from,
        last,
        rows,
        (first + down - shape.padHeight() - low) * width + right - shape.padWidth());
  }

  private static void add(double[] terms, int from, int to, double[] sums, int at) {
    for (int i = from; i < to; i++) {
      sums[at + i] += terms[i];
    }
  }

  private void scatterRow(
      MemorySegment patches,
      long start,
      int down,
      int right,
      Piece piece,
      MemorySegment images,
      long plane) {
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    long source = start;
    for (int p = piece.rowFrom; p < piece.rowTo; p++) {
      long y = (long) p * shape.strideHeight() - shape.padHeight() + down;
      if (y >= 0 && y < shape.height()) {
        long target =
            plane
                + y * shape.width()
                - shape.padWidth()
                + right
                + (long) from * shape.strideWidth();
        add(patches, source + from, to - from, images, target);
      }
      source += outWidth;
    }
  }

  /** Adds terms to every so many cells as the window moves by. */
  private void add(MemorySegment terms, long from, int count, MemorySegment images, long at) {
    int step = shape.strideWidth();
    if (precision == Precision.FP32) {
      for (int i = 0; i < count; i++) {
        long cell = at + (long) i * step;
        float sum = images.getAtIndex(JAVA_FLOAT, cell) + terms.getAtIndex(JAVA_FLOAT, from + i);
        images.setAtIndex(JAVA_FLOAT, cell, sum);
      }
    } else {
      for (int i = 0; i < count; i++) {
        long cell = at + (long) i * step;
        double sum = images.getAtIndex(JAVA_DOUBLE, cell) + terms.getAtIndex(JAVA_DOUBLE, from + i);
        images.setAtIndex(JAVA_DOUBLE, cell, sum);
      }
    }
  }
}
