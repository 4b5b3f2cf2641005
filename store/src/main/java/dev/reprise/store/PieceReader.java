package dev.reprise.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Puts a content together from its pieces. Stateless; takes up to some 20 megabytes. */
final class PieceReader {
  private final PieceFiles files;

  PieceReader(PieceFiles files) {
    this.files = files;
  }

  /**
   * Reads what stands behind the header.
   *
   * @param cells where it goes, row by row
   * @throws java.nio.file.NoSuchFileException when a piece is gone
   * @throws IOException when one cannot be read; others may be damaged all the same
   */
  void read(Layout layout, MemorySegment cells) throws IOException {
    int columns = layout.columns();
    int cellBytes = layout.cellBytes();
    int most = (int) Math.min(layout.rows(), layout.blockRows());
    int together = Math.min(columns, Transposition.COLUMNS);
    Transposition transposition = new Transposition(most, together, cellBytes);
    byte[] piece = new byte[most * cellBytes];
    MemorySegment bytes = MemorySegment.ofArray(piece);
    for (int block = 0; block < layout.blocks(); block++) {
      int rows = layout.rowsOf(block);
      int length = rows * cellBytes;
      for (int from = 0; from < columns; from += together) {
        int count = Math.min(together, columns - from);
        long start = ((long) block * layout.blockRows() * columns + from) * cellBytes;
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
}
