package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Cuts one content into pieces and writes those to drafts that the store does not have. For one
 * thread; takes up to some 20 megabytes. {@link #close} removes what was not published.
 */
public final class PieceWriter implements AutoCloseable {
  /** Shorter columns are not worth files of their own, nor are smaller tables. */
  private static final long LEAST_COLUMN_BYTES = 32 << 10;

  private static final long LEAST_TABLE_BYTES = 128 << 10;
  static final int MOST_COLUMNS = 4_096;

  private final Predicate<Key> known;
  private final Supplier<Path> place;
  private final List<Key> pieces = new ArrayList<>();
  private final Map<Key, Draft> drafts = new HashMap<>();

  /** Null until all is written. */
  private Layout layout;

  /**
   * A piece on its way.
   *
   * @param bytes of the file
   */
  public record Draft(Path file, long bytes) {}

  /**
   * @param known which pieces the store has
   * @param place for a draft
   */
  public PieceWriter(Predicate<Key> known, Supplier<Path> place) {
    this.known = known;
    this.place = place;
  }

  static boolean takesTable(long rows, long columns, int cellBytes) {
    return columns > 0
        && columns <= MOST_COLUMNS
        && rows * cellBytes >= LEAST_COLUMN_BYTES
        && rows * cellBytes * columns >= LEAST_TABLE_BYTES;
  }

  /** Adds a piece at the end. */
  void add(byte[] bytes, int from, int length) throws IOException {
    Key hash = ContentHash.of(bytes, from, length);
    pieces.add(hash);
    if (!drafts.containsKey(hash) && !known.test(hash)) {
      Path draft = place.get();
      // Noted before it is written, so that it is removed if that fails.
      drafts.put(hash, new Draft(draft, 0));
      drafts.put(hash, new Draft(draft, PieceFiles.write(draft, bytes, from, length)));
    }
  }

  /**
   * Adds a table.
   *
   * @param header what stands before the cells
   * @param cells row by row
   */
  void table(byte[] header, MemorySegment cells, long rows, int columns, int cellBytes)
      throws IOException {
    Layout shape = new Layout(header, rows, columns, cellBytes, Layout.TABLE_ROWS, List.of());
    int most = (int) Math.min(rows, Layout.TABLE_ROWS);
    int together = Math.min(columns, Transposition.COLUMNS);
    Transposition transposition = new Transposition(most, together, cellBytes);
    byte[] piece = new byte[most * cellBytes];
    for (long block = 0; block < shape.blocks(); block++) {
      int blockRows = shape.rowsOf(block);
      for (int from = 0; from < columns; from += together) {
        int count = Math.min(together, columns - from);
        long start = (block * Layout.TABLE_ROWS * columns + from) * cellBytes;
        transposition.gather(cells, start, columns, blockRows, count);
        for (int column = 0; column < count; column++) {
          MemorySegment bytes = transposition.column(column, blockRows);
          MemorySegment.copy(bytes, 0, MemorySegment.ofArray(piece), 0, bytes.byteSize());
          add(piece, 0, (int) bytes.byteSize());
        }
      }
    }
    layout = new Layout(header, rows, columns, cellBytes, Layout.TABLE_ROWS, pieces);
  }

  /**
   * Ends a content of pieces of bytes.
   *
   * @param header what stands before them
   * @param bytes of all pieces
   */
  void sequence(byte[] header, long bytes) {
    layout = new Layout(header, bytes, 1, 1, Layout.PIECE_BYTES, pieces);
  }

  /** How the content lies; null when it is not in pieces. */
  public Layout layout() {
    return layout;
  }

  /** Pieces that the store had not; not to be changed. */
  public Map<Key, Draft> drafts() {
    return drafts;
  }

  /** Forgets all of it; whoever tries again begins with this. */
  void restart() throws IOException {
    close();
    pieces.clear();
    drafts.clear();
    layout = null;
  }

  @Override
  public void close() throws IOException {
    for (Draft draft : drafts.values()) {
      Files.deleteIfExists(draft.file);
    }
  }
}
