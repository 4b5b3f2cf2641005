package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The channels of images, one at a time, as doubles: those of doubles where they lie, those of
 * floats as copies on the heap. Belongs to one thread.
 */
final class ChannelCells {
  /** Cells of a channel of floats that is copied: half a mebibyte of doubles. */
  private static final long MOST_COPIED = 1 << 16;

  /** Fewer cells of a float channel cost more to copy than to widen with all others. */
  private static final long FEWEST_COPIED = 8;

  private final DenseMatrix images;
  private final long cells;
  private final MemorySegment segment;

  /** Null for doubles, as is what copies. */
  private final double[] copy;

  private final CellBlocks blocks;
  private long channel;

  /**
   * @param cells of a channel
   */
  ChannelCells(DenseMatrix images, long cells) {
    this.images = images;
    this.cells = cells;
    if (images.precision() == Precision.FP64) {
      this.copy = null;
      this.blocks = null;
      this.segment = images.segment();
    } else {
      this.copy = new double[(int) cells];
      this.blocks = new CellBlocks(images.precision(), copy.length);
      this.segment = MemorySegment.ofArray(copy);
    }
  }

  /** True for channels that pay to be brought one at a time. */
  static boolean pay(Precision precision, long cells) {
    boolean areFew = precision == Precision.FP32 && cells < FEWEST_COPIED;
    return areSmall(precision, cells) && !areFew;
  }

  /** True for channels that are worked on one at a time. */
  static boolean areSmall(Precision precision, long cells) {
    return precision == Precision.FP64 || cells <= MOST_COPIED;
  }

  /** Goes to a channel whose cells are read. */
  void read(long channel) {
    this.channel = channel;
    if (copy != null) {
      blocks.load(images.segment(), channel * cells, copy, 0, copy.length);
    }
  }

  /** Goes to a channel whose cells are all written, and then {@linkplain #written done}. */
  void write(long channel) {
    this.channel = channel;
  }

  /** As {@link #write}, of cells that are zero to begin with. */
  void add(long channel) {
    this.channel = channel;
    if (copy != null) {
      Arrays.fill(copy, 0);
    } else {
      segment.asSlice(Double.BYTES * at(), Double.BYTES * cells).fill((byte) 0);
    }
  }

  /** The channel has been written. */
  void written() {
    if (copy != null) {
      blocks.store(copy, 0, images.segment(), channel * cells, copy.length);
    }
  }

  /** Where the doubles of the channel are. */
  MemorySegment segment() {
    return segment;
  }

  /** The position of its first cell there. */
  long at() {
    return copy == null ? channel * cells : 0;
  }
}
