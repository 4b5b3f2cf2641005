package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How a content lies in pieces: a header, then a table of cells row by row, of which a piece is a
 * stretch of one column. Tables that have columns in common so share their pieces, wherever the
 * columns stand, and so do those of which one has more rows behind. Other contents are tables of
 * one column of bytes.
 *
 * <pre>
 *   header | blocks of blockRows rows; of each block its columns in order
 * </pre>
 *
 * @param header not to be changed
 * @param cellBytes of one cell
 * @param pieces of the first block, then of the next
 */
record Layout(
    byte[] header, long rows, int columns, int cellBytes, int blockRows, List<Key> pieces) {
  private static final int KEY_BYTES = 16;
  private static final byte VERSION = 1;

  /** Rows of a block of a table: a piece of half a megabyte in double precision. */
  static final int TABLE_ROWS = 1 << 16;

  /** Bytes of a piece of another content. */
  static final int PIECE_BYTES = 1 << 20;

  Layout {
    pieces = List.copyOf(pieces);
  }

  long blocks() {
    return (rows + blockRows - 1) / blockRows;
  }

  int rowsOf(long block) {
    return (int) Math.min(blockRows, rows - block * blockRows);
  }

  /** Length of the cells of a block. */
  long bytesOf(long block) {
    return (long) rowsOf(block) * columns * cellBytes;
  }

  /** Length of a piece by its place in the list. */
  int lengthOf(int piece) {
    return rowsOf(piece / columns) * cellBytes;
  }

  long bytes() {
    return header.length + rows * columns * cellBytes;
  }

  /** With a fingerprint at its end, since the database does not notice damage. */
  byte[] recipe() {
    int length = 1 + 4 + header.length + 8 + 4 + 4 + 4 + KEY_BYTES * pieces.size();
    ByteBuffer out = ByteBuffer.allocate(length + KEY_BYTES);
    out.put(VERSION).putInt(header.length).put(header);
    out.putLong(rows).putInt(columns).putInt(cellBytes).putInt(blockRows);
    pieces.forEach(piece -> out.putLong(piece.high()).putLong(piece.low()));
    Key seal = ContentHash.of(out.array(), 0, length);
    return out.putLong(seal.high()).putLong(seal.low()).array();
  }

  /**
   * @throws DamagedContentException when it is damaged
   */
  static Layout of(byte[] recipe) throws DamagedContentException {
    ByteBuffer in = ByteBuffer.wrap(recipe);
    int length = recipe.length - KEY_BYTES;
    if (length < 1
        || in.get() != VERSION
        || !sealOf(recipe, length).equals(ContentHash.of(recipe, 0, length))) {
      throw new DamagedContentException("the layout of a content was damaged");
    }
    byte[] header = new byte[in.getInt()];
    in.get(header);
    long rows = in.getLong();
    int columns = in.getInt();
    int cellBytes = in.getInt();
    int blockRows = in.getInt();
    List<Key> pieces = new ArrayList<>();
    while (in.position() < length) {
      pieces.add(new Key(in.getLong(), in.getLong()));
    }
    return new Layout(header, rows, columns, cellBytes, blockRows, pieces);
  }

  private static Key sealOf(byte[] recipe, int at) {
    ByteBuffer seal = ByteBuffer.wrap(recipe, at, KEY_BYTES);
    return new Key(seal.getLong(), seal.getLong());
  }
}
