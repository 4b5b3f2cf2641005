package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Puts a content together from its pieces. For one thread; takes up to some 20 megabytes. */
public final class PieceReader {
  private static final int STRETCH_BYTES = 16 << 20;

  /** For each stretch every column is opened, and unpacked: of many columns it is longer. */
  private static final int WIDE_STRETCH_BYTES = 64 << 20;

  private static final int WIDE = 256;

  private final PieceSource source;
  private final Layout layout;
  private final Transposition transposition;
  private final byte[] piece;

  /** Columns that are put back together. */
  private final int together;

  /** To read whole blocks. */
  public PieceReader(PieceSource source, Layout layout) {
    this(source, layout, layout.blockRows());
  }

  /**
   * @param mostRows that are read at a time
   */
  private PieceReader(PieceSource source, Layout layout, int mostRows) {
    this.source = source;
    this.layout = layout;
    int most = (int) Math.min(layout.rows(), Math.min(mostRows, layout.blockRows()));
    this.together = Math.min(layout.columns(), Transposition.COLUMNS);
    this.transposition = new Transposition(most, together, layout.cellBytes());
    this.piece = new byte[most * layout.cellBytes()];
  }

  /**
   * Reads any stretch of a content, its header included, with as much memory as that takes and some
   * 20 megabytes at most.
   *
   * @param into takes the bytes from {@code offset} on; not beyond the end
   */
  public static void stretch(PieceSource source, Layout layout, long offset, MemorySegment into)
      throws IOException {
    int header = layout.header().length;
    long end = offset + into.byteSize();
    long at = offset;
    if (at < header) {
      int count = (int) (Math.min(end, header) - at);
      MemorySegment.copy(layout.header(), (int) at, into, ValueLayout.JAVA_BYTE, 0, count);
      at += count;
    }
    if (at == end) {
      return;
    }
    long width = (long) layout.columns() * layout.cellBytes();
    int most = (int) Math.min(layout.blockRows(), (end - at) / width + 2);
    PieceReader reader = new PieceReader(source, layout, most);
    while (at < end) {
      long row = (at - header) / width;
      int first = (int) (row % layout.blockRows());
      long skipped = (at - header) % width;
      int block = (int) (row / layout.blockRows());
      int rows =
          (int)
              Math.min(
                  Math.min(most, layout.rowsOf(block) - first),
                  (skipped + end - at + width - 1) / width);
      long bytes = rows * width;
      MemorySegment target = into.asSlice(at - offset, Math.min(end - at, bytes - skipped));
      if (target.byteSize() == bytes) {
        reader.readRows(block, first, rows, target);
      } else {
        MemorySegment some = MemorySegment.ofArray(new byte[(int) bytes]);
        reader.readRows(block, first, rows, some);
        target.copyFrom(some.asSlice(skipped, target.byteSize()));
      }
      at += target.byteSize();
    }
  }

  /**
   * How much is put together at a time where all of a content is only looked at: whole rows, so
   * that nothing is read twice.
   */
  public static long stretchAt(Layout layout, long offset) {
    long width = (long) layout.columns() * layout.cellBytes();
    int most = layout.columns() > WIDE ? WIDE_STRETCH_BYTES : STRETCH_BYTES;
    long before = offset == 0 ? layout.header().length : 0;
    return Math.min(layout.bytes() - offset, before + most / width * width);
  }

  /** The fingerprint of a content, put together a stretch at a time. */
  public static Key fingerprint(PieceSource source, Layout layout) throws IOException {
    ContentHash.Running running = new ContentHash.Running();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(stretchAt(layout, 0));
      for (long at = 0; at < layout.bytes(); ) {
        MemorySegment some = room.asSlice(0, stretchAt(layout, at));
        stretch(source, layout, at, some);
        running.add(some);
        at += some.byteSize();
      }
    }
    return running.key();
  }

  /**
   * Reads what stands behind the header.
   *
   * @param cells where it goes, row by row
   * @throws java.nio.file.NoSuchFileException when a piece is gone
   * @throws IOException when one cannot be read; others may be damaged all the same
   */
  public void read(MemorySegment cells) throws IOException {
    for (int block = 0; block < layout.blocks(); block++) {
      readBlock(block, cells.asSlice(block * layout.bytesOf(0), layout.bytesOf(block)));
    }
  }

  /** The same for some rows of it. */
  public void readBlock(int block, MemorySegment cells) throws IOException {
    readRows(block, 0, layout.rowsOf(block), cells);
  }

  private void readRows(int block, int first, int rows, MemorySegment cells) throws IOException {
    int columns = layout.columns();
    int cellBytes = layout.cellBytes();
    int whole = layout.rowsOf(block) * cellBytes;
    int start = first * cellBytes;
    int length = rows * cellBytes;
    MemorySegment bytes = MemorySegment.ofArray(piece);
    for (int from = 0; from < columns; from += together) {
      int count = Math.min(together, columns - from);
      long place = (long) from * cellBytes;
      for (int column = 0; column < count; column++) {
        int number = block * columns + from + column;
        source.read(layout.pieces().get(number), whole, start, piece, 0, length);
        MemorySegment target =
            columns == 1 ? cells.asSlice(place, length) : transposition.column(column, rows);
        MemorySegment.copy(bytes, 0, target, 0, length);
      }
      if (columns > 1) {
        transposition.scatter(cells, place, columns, rows, count);
      }
    }
  }
}
