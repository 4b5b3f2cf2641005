package dev.reprise.formats.hdf5;

import java.nio.ByteBuffer;

/**
 * How a matrix is cut into chunks of one size; the last ones may reach beyond it.
 *
 * @param rows of a chunk
 * @param cols of a chunk
 */
record ChunkGrid(long rows, long cols, int cellBytes) {
  /** 1 MiB of doubles: as much as the library keeps of a dataset. */
  private static final long MOST_CELLS = 1 << 17;

  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;

  /** Of zlib's 9, its default. */
  static final int LEVEL = 6;

  /**
   * @param allRows of the matrix, at least 1
   */
  static ChunkGrid of(long allRows, long allCols, int cellBytes) {
    long cols = Math.min(allCols, MOST_CELLS);
    return new ChunkGrid(Math.clamp(MOST_CELLS / cols, 1, allRows), cols, cellBytes);
  }

  int bytes() {
    return (int) (rows * cols * cellBytes);
  }

  /** The message that says what is done to chunks: bytes of one place together, then zlib. */
  ByteBuffer filters() {
    ByteBuffer filters = Hdf5Output.message(40).put((byte) 1).put((byte) 2);
    filters.position(8);
    put(filters, SHUFFLE, cellBytes);
    put(filters, DEFLATE, LEVEL);
    return filters;
  }

  /** A filter without a name, with one number and room for a second. */
  private static void put(ByteBuffer filters, int filter, int number) {
    filters.putShort((short) filter).putShort((short) 0).putShort((short) 1).putShort((short) 1);
    filters.putInt(number).putInt(0);
  }
}
