package dev.reprise.runtime.cpu.nn;

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
  /** Cells of a channel, at most, that are added to in an array. */
  private static final int MOST_ROWS = 1 << 20;

  private final WindowShape shape;
  private final Precision precision;
  private final int outWidth;

  /** Whether the rows of images and outputs are equally long and the window moves by one. */
  private final boolean shiftsWhole;

  /** Of images and patches of that precision. */
  Patches(WindowShape shape, Precision precision) {
    this.shape = shape;
    this.precision = precision;
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
    PatchRows rows = rowsFor(images, patches);
    long row = at;
    for (int c = piece.channelFrom; c < piece.channelTo; c++) {
      long plane = piece.image * shape.inputCols() + c * shape.planeCells();
      for (int r = 0; r < shape.filterHeight(); r++) {
        for (int s = 0; s < shape.filterWidth(); s++) {
          gatherRow(rows, plane, r * shape.dilationHeight(), s * shape.dilationWidth(), piece, row);
          row += stride;
        }
      }
    }
  }

  private PatchRows rowsFor(MemorySegment images, MemorySegment patches) {
    if (PatchRectangles.fit(shape, precision, images, patches)) {
      return new PatchRectangles(shape, precision, images, patches);
    }
    return new PatchArrays(shape, precision, images, patches);
  }

  /** One row of the patch matrix. */
  private void gatherRow(PatchRows rows, long plane, int down, int right, Piece piece, long start) {
    int first = firstBelow(down, piece);
    int end = endAbove(down, piece, first);
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    if (first == end || from == to) {
      rows.clear(start, piece.rowTo - piece.rowFrom);
      return;
    }
    long target = start + (long) (first - piece.rowFrom) * outWidth;
    rows.clear(start, first - piece.rowFrom);
    rows.clear(start + (long) (end - piece.rowFrom) * outWidth, piece.rowTo - end);
    long y = (long) first * shape.strideHeight() - shape.padHeight() + down;
    long x = (long) from * shape.strideWidth() - shape.padWidth() + right;
    rows.copy(plane + y * shape.width() + x, target, end - first, from, to);
  }

  /** The first row of the piece whose window has its row {@code down} in the image. */
  private int firstBelow(int down, Piece piece) {
    long outside = Math.max(0, (long) shape.padHeight() - down);
    long first = (outside + shape.strideHeight() - 1) / shape.strideHeight();
    return Math.clamp(first, piece.rowFrom, piece.rowTo);
  }

  /** One past the last such row. */
  private int endAbove(int down, Piece piece, int first) {
    long last = (long) shape.height() - 1 + shape.padHeight() - down;
    return last < 0 ? first : Math.clamp(last / shape.strideHeight() + 1, first, piece.rowTo);
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
    long top = (long) piece.rowFrom * shape.strideHeight() - shape.padHeight();
    int low = Math.clamp(top, 0, shape.height());
    long bottom = (piece.rowTo - 1L) * shape.strideHeight() - shape.padHeight();
    int high = Math.clamp(bottom + shape.windowHeight(), low, shape.height());
    long cells = (long) (high - low) * shape.width();
    long outCells = (long) (piece.rowTo - piece.rowFrom) * outWidth;
    double[] terms = null;
    double[] rows = null;
    CellBlocks blocks = null;
    RowSums sums = null;
    if (cells <= MOST_ROWS && (shiftsWhole || outCells <= MOST_ROWS)) {
      terms = new double[(int) outCells];
      rows = new double[(int) cells];
      blocks = new CellBlocks(precision, Math.max(terms.length, rows.length));
    } else {
      sums = new RowSums();
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
          if (rows == null) {
            scatterRow(patches, row, down, right, piece, images, plane, sums);
          } else if (shiftsWhole) {
            addShifted(patches, row, down, right, piece, terms, rows, low, blocks);
          } else {
            addStrided(patches, row, down, right, piece, terms, rows, low, blocks);
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
   * One row of the patch matrix, to the rows of a channel from row {@code low} on: what stands for
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

  /** As {@link #addShifted}, for other windows; sums of floats are rounded one by one. */
  private void addStrided(
      MemorySegment patches,
      long start,
      int down,
      int right,
      Piece piece,
      double[] terms,
      double[] rows,
      int low,
      CellBlocks blocks) {
    int first = firstBelow(down, piece);
    int end = endAbove(down, piece, first);
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    if (first == end || from == to) {
      return;
    }
    int count = to - from;
    int cells = (end - first - 1) * outWidth + count;
    blocks.load(patches, start + (long) (first - piece.rowFrom) * outWidth + from, terms, 0, cells);
    int x = from * shape.strideWidth() - shape.padWidth() + right;
    for (int p = first; p < end; p++) {
      int y = p * shape.strideHeight() - shape.padHeight() + down - low;
      addEverySo(terms, (p - first) * outWidth, count, rows, y * shape.width() + x);
    }
  }

  private void addEverySo(double[] terms, int at, int count, double[] sums, int start) {
    int step = shape.strideWidth();
    if (precision == Precision.FP32) {
      for (int i = 0; i < count; i++) {
        sums[start + i * step] = (float) (sums[start + i * step] + terms[at + i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        sums[start + i * step] += terms[at + i];
      }
    }
  }

  /** Adds one row of the patch matrix, each row of the output by itself. */
  private void scatterRow(
      MemorySegment patches,
      long start,
      int down,
      int right,
      Piece piece,
      MemorySegment images,
      long plane,
      RowSums sums) {
    int from = firstInside(right);
    int to = Math.max(from, endInside(right));
    int first = firstBelow(down, piece);
    int end = endAbove(down, piece, first);
    long source = start + (long) (first - piece.rowFrom) * outWidth + from;
    long x = (long) from * shape.strideWidth() - shape.padWidth() + right;
    for (int p = first; from < to && p < end; p++) {
      long y = (long) p * shape.strideHeight() - shape.padHeight() + down;
      sums.add(patches, source, to - from, images, plane + y * shape.width() + x);
      source += outWidth;
    }
  }

  /** Adds terms to every so many cells as the window moves by. */
  private final class RowSums {
    private final double[] terms = new double[outWidth];
    private final double[] row = new double[shape.width()];
    private final CellBlocks blocks = new CellBlocks(precision, Math.max(terms.length, row.length));

    void add(MemorySegment patches, long from, int count, MemorySegment images, long at) {
      int step = shape.strideWidth();
      int cells = (count - 1) * step + 1;
      blocks.load(patches, from, terms, 0, count);
      blocks.load(images, at, row, 0, cells);
      for (int i = 0; i < count; i++) {
        row[i * step] += terms[i];
      }
      blocks.store(row, 0, images, at, cells);
    }
  }
}
