package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
public record Layout(
    byte[] header, long rows, int columns, int cellBytes, int blockRows, List<Key> pieces) {
  private static final int KEY_BYTES = 16;
  private static final byte VERSION = 1;

  /** No content that is cut has a longer one. */
  private static final int LONGEST_HEADER = 64;

  /** So that the length of a content is a number, whoever says so. */
  private static final long MOST_ROWS = 1L << 46;

  /** Rows of a block of a table: a piece of half a megabyte in double precision. */
  public static final int TABLE_ROWS = 1 << 16;

  /** Bytes of a piece of another content. */
  public static final int PIECE_BYTES = 1 << 20;

  public Layout {
    pieces = List.copyOf(pieces);
  }

  public long blocks() {
    return (rows + blockRows - 1) / blockRows;
  }

  public int rowsOf(long block) {
    return (int) Math.min(blockRows, rows - block * blockRows);
  }

  /** Length of the cells of a block. */
  public long bytesOf(long block) {
    return (long) rowsOf(block) * columns * cellBytes;
  }

  /** Length of a piece by its place in the list. */
  public int lengthOf(int piece) {
    return rowsOf(piece / columns) * cellBytes;
  }

  public long bytes() {
    return header.length + rows * columns * cellBytes;
  }

  /** With a fingerprint at its end, since the database does not notice damage. */
  public byte[] recipe() {
    int length = 1 + 4 + header.length + 8 + 4 + 4 + 4 + KEY_BYTES * pieces.size();
    ByteBuffer out = ByteBuffer.allocate(length + KEY_BYTES);
    out.put(VERSION).putInt(header.length).put(header);
    out.putLong(rows).putInt(columns).putInt(cellBytes).putInt(blockRows);
    pieces.forEach(piece -> out.putLong(piece.high()).putLong(piece.low()));
    Key seal = ContentHash.of(out.array(), 0, length);
    return out.putLong(seal.high()).putLong(seal.low()).array();
  }

  /**
   * Reads a recipe, from whoever sent it: nothing that it says makes it take more memory than it
   * has itself.
   *
   * @throws DamagedContentException when it is damaged, or cannot be the layout of anything
   */
  public static Layout of(byte[] recipe) throws DamagedContentException {
    int length = recipe.length - KEY_BYTES;
    if (length < 1
        || recipe[0] != VERSION
        || !sealOf(recipe, length).equals(ContentHash.of(recipe, 0, length))) {
      throw damaged();
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(recipe, 0, length);
      in.get();
      int headerBytes = in.getInt();
      if (headerBytes < 0 || headerBytes > LONGEST_HEADER) {
        throw damaged();
      }
      byte[] header = new byte[headerBytes];
      in.get(header);
      long rows = in.getLong();
      int columns = in.getInt();
      int cellBytes = in.getInt();
      int blockRows = in.getInt();
      List<Key> pieces = new ArrayList<>(in.remaining() / KEY_BYTES);
      while (in.hasRemaining()) {
        pieces.add(new Key(in.getLong(), in.getLong()));
      }
      Layout layout = new Layout(header, rows, columns, cellBytes, blockRows, pieces);
      if (!layout.isSound()) {
        throw damaged();
      }
      return layout;
    } catch (BufferUnderflowException e) {
      throw damaged();
    }
  }

  private static DamagedContentException damaged() {
    return new DamagedContentException("the layout of a content was damaged");
  }

  /** Whether its numbers fit each other, and its pieces the memory that reads them. */
  private boolean isSound() {
    boolean cells =
        cellBytes == Long.BYTES || cellBytes == Integer.BYTES || cellBytes == 1 && columns == 1;
    return cells
        && columns > 0
        && columns <= PieceWriter.MOST_COLUMNS
        && rows > 0
        && rows <= MOST_ROWS
        && blockRows > 0
        && (long) blockRows * cellBytes <= PIECE_BYTES
        && blocks() * columns == pieces.size();
  }

  /** Every piece once, in order, with its length. */
  public Map<Key, Integer> lengths() {
    Map<Key, Integer> lengths = new LinkedHashMap<>();
    for (int piece = 0; piece < pieces.size(); piece++) {
      lengths.putIfAbsent(pieces.get(piece), lengthOf(piece));
    }
    return lengths;
  }

  private static Key sealOf(byte[] recipe, int at) {
    ByteBuffer seal = ByteBuffer.wrap(recipe, at, KEY_BYTES);
    return new Key(seal.getLong(), seal.getLong());
  }
}
