package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Row by row in arrays, since cells of segments take long one by one while loops are not compiled.
 * Belongs to one thread.
 */
final class PatchArrays implements PatchRows {
  private final WindowShape shape;
  private final Precision precision;
  private final MemorySegment images;
  private final MemorySegment patches;
  private final CellBlocks blocks;

  /** Cells that are copied as they are; fewer go through arrays in the time of the calls. */
  private static final int LONG_RUN = 512;

  /** Of an image: what the windows of a row look at in one of their columns. */
  private final double[] seen;

  private final double[] row;

  PatchArrays(WindowShape shape, Precision precision, MemorySegment images, MemorySegment patches) {
    this.shape = shape;
    this.precision = precision;
    this.images = images;
    this.patches = patches;
    this.seen = new double[shape.width()];
    this.row = new double[shape.outWidth()];
    this.blocks = new CellBlocks(precision, Math.max(seen.length, row.length));
  }

  @Override
  public void clear(long at, int rows) {
    clear(patches, precision, at, (long) rows * row.length);
  }

  /** Writes zeros. */
  static void clear(MemorySegment patches, Precision precision, long at, long cells) {
    if (cells > 0) {
      long bytes = precision.bytesPerCell();
      patches.asSlice(bytes * at, bytes * cells).fill((byte) 0);
    }
  }

  @Override
  public void copy(long source, long at, int rows, int from, int to) {
    int step = shape.strideWidth();
    long next = (long) shape.strideHeight() * shape.width();
    if (step == 1 && to - from >= LONG_RUN) {
      for (int i = 0; i < rows; i++) {
        copyRun(source + i * next, at + (long) i * row.length, from, to);
      }
      return;
    }
    Arrays.fill(row, 0, from, 0);
    Arrays.fill(row, to, row.length, 0);
    for (int i = 0; i < rows; i++) {
      if (step == 1) {
        blocks.load(images, source + i * next, row, from, to - from);
      } else {
        blocks.load(images, source + i * next, seen, 0, (to - from - 1) * step + 1);
        for (int q = from; q < to; q++) {
          row[q] = seen[(q - from) * step];
        }
      }
      blocks.store(row, 0, patches, at + (long) i * row.length, row.length);
    }
  }

  private void copyRun(long source, long at, int from, int to) {
    int bytes = precision.bytesPerCell();
    clear(patches, precision, at, from);
    MemorySegment.copy(
        images, bytes * source, patches, bytes * (at + from), (long) bytes * (to - from));
    clear(patches, precision, at + to, row.length - to);
  }
}
