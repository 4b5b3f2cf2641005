package dev.reprise.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Puts a content together from its pieces. For one thread; takes up to some 20 megabytes. */
final class PieceReader {
  private final PieceFiles files;
  private final Layout layout;
  private final Transposition transposition;
  private final byte[] piece;

  /** Columns that are put back together. */
  private final int together;

  PieceReader(PieceFiles files, Layout layout) {
    this.files = files;
    this.layout = layout;
    int most = (int) Math.min(layout.rows(), layout.blockRows());
    this.together = Math.min(layout.columns(), Transposition.COLUMNS);
    this.transposition = new Transposition(most, together, layout.cellBytes());
    this.piece = new byte[most * layout.cellBytes()];
  }

  /**
   * Reads what stands behind the header.
   *
   * @param cells where it goes, row by row
   * @throws java.nio.file.NoSuchFileException when a piece is gone
   * @throws IOException when one cannot be read; others may be damaged all the same
   */
  void read(MemorySegment cells) throws IOException {
    for (int block = 0; block < layout.blocks(); block++) {
      readBlock(block, cells.asSlice(block * layout.bytesOf(0), layout.bytesOf(block)));
    }
  }

  /** The same for some rows of it. */
  void readBlock(int block, MemorySegment cells) throws IOException {
    int columns = layout.columns();
    int cellBytes = layout.cellBytes();
    int rows = layout.rowsOf(block);
    int length = rows * cellBytes;
    MemorySegment bytes = MemorySegment.ofArray(piece);
    for (int from = 0; from < columns; from += together) {
      int count = Math.min(together, columns - from);
      long start = (long) from * cellBytes;
      for (int column = 0; column < count; column++) {
        files.read(layout.pieces().get(block * columns + from + column), piece, 0, length);
        MemorySegment target =
            columns == 1 ? cells.asSlice(start, length) : transposition.column(column, rows);
        MemorySegment.copy(bytes, 0, target, 0, length);
      }
      if (columns > 1) {
        transposition.scatter(cells, start, columns, rows, count);
      }
    }
  }
}
