package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixOperand;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads matrices that SystemDS wrote in its binary format: blocks of at most {@code rows_in_block}
 * by {@code cols_in_block} cells (1000 unless the sidecar says otherwise) in sequence files, in any
 * order. The layout was found by looking at files that SystemDS 3.3.0 writes.
 *
 * <pre>
 *   key:   block row (8, from 1) | block column (8, from 1)
 *   value: rows (4) | columns (4) | kind (1) | cells
 *     kind 0  nothing: all zero
 *     kind 1  count (4), then so many of row (4), column (4; not in a single column), value (8)
 *     kind 2  count (4), then per row: count (4), so many of column (4), value (8)
 *     kind 3  all values row by row
 * </pre>
 */
final class BlockMatrixReader {
  private static final int DEFAULT_BLOCK = 1000;
  private static final int EMPTY = 0;
  private static final int TRIPLES = 1;
  private static final int SPARSE_ROWS = 2;
  private static final int DENSE = 3;

  private final ReadSettings settings;
  private final long rowsInBlock;
  private final long colsInBlock;

  BlockMatrixReader(ReadSettings settings, Sidecar sidecar) {
    this.settings = settings;
    this.rowsInBlock = sidecar.rowsInBlock() > 0 ? sidecar.rowsInBlock() : DEFAULT_BLOCK;
    this.colsInBlock = sidecar.colsInBlock() > 0 ? sidecar.colsInBlock() : DEFAULT_BLOCK;
  }

  /** Reads a matrix that the caller owns. */
  MatrixOperand matrix(Allocator allocator) {
    if (settings.rows() < 0 || settings.cols() < 0) {
      throw new FormatException(
          settings.file(),
          "a binary file of SystemDS does not tell its shape and there is no sidecar; add rows="
              + " and cols=");
    }
    try (CellTarget target = new CellTarget(settings.rows(), settings.cols(), allocator)) {
      for (Path part : settings.data().parts()) {
        SequenceFile file = new SequenceFile(part);
        file.read("MatrixBlock", (key, value) -> target.take(cells(file, key, value)));
      }
      return target.finish();
    }
  }

  private CellList cells(SequenceFile file, ByteBuffer key, ByteBuffer value) {
    long top = (key.getLong() - 1) * rowsInBlock;
    long left = (key.getLong() - 1) * colsInBlock;
    int rows = value.getInt();
    int cols = value.getInt();
    boolean fits =
        rows >= 0
            && cols >= 0
            && top >= 0
            && left >= 0
            && rows <= settings.rows() - top
            && cols <= settings.cols() - left;
    if (!fits) {
      throw new FormatException(
          settings.file(),
          "a block of "
              + rows
              + "x"
              + cols
              + " cells at row "
              + (top + 1)
              + " and column "
              + (left + 1)
              + " lies outside of the "
              + settings.rows()
              + "x"
              + settings.cols()
              + " cells that are stated; correct the sidecar (rows, cols, rows_in_block)");
    }
    CellList cells = new CellList();
    switch (value.get()) {
      case EMPTY -> {}
      case TRIPLES -> {
        int count = value.getInt();
        for (int i = 0; i < count; i++) {
          int row = checked(file, value.getInt(), rows);
          int col = cols == 1 ? 0 : checked(file, value.getInt(), cols);
          cells.add(top + row, left + col, value.getDouble());
        }
      }
      case SPARSE_ROWS -> {
        value.getInt();
        for (int r = 0; r < rows; r++) {
          int count = value.getInt();
          for (int i = 0; i < count; i++) {
            int col = checked(file, value.getInt(), cols);
            cells.add(top + r, left + col, value.getDouble());
          }
        }
      }
      case DENSE -> {
        for (int r = 0; r < rows; r++) {
          for (int c = 0; c < cols; c++) {
            double cell = value.getDouble();
            if (Double.doubleToRawLongBits(cell) != 0) {
              cells.add(top + r, left + c, cell);
            }
          }
        }
      }
      default -> throw file.damaged();
    }
    return cells;
  }

  private static int checked(SequenceFile file, int position, int limit) {
    if (position < 0 || position >= limit) {
      throw file.damaged();
    }
    return position;
  }
}
