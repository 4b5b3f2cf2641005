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

  /** Where a block lies in the matrix: zero-based first row and column, and its size. */
  private record Block(long top, long left, int rows, int cols) {}

  private CellList cells(SequenceFile file, ByteBuffer key, ByteBuffer value) {
    long top = (key.getLong() - 1) * rowsInBlock;
    long left = (key.getLong() - 1) * colsInBlock;
    Block block = new Block(top, left, value.getInt(), value.getInt());
    requireInside(block);
    CellList cells = new CellList();
    switch (value.get()) {
      case EMPTY -> {}
      case TRIPLES -> addTriples(file, block, value, cells);
      case SPARSE_ROWS -> addSparseRows(file, block, value, cells);
      case DENSE -> addDense(block, value, cells);
      default -> throw file.damaged();
    }
    return cells;
  }

  private void requireInside(Block block) {
    boolean fits =
        block.rows >= 0
            && block.cols >= 0
            && block.top >= 0
            && block.left >= 0
            && block.rows <= settings.rows() - block.top
            && block.cols <= settings.cols() - block.left;
    if (!fits) {
      throw new FormatException(
          settings.file(),
          "a block of "
              + block.rows
              + "x"
              + block.cols
              + " cells at row "
              + (block.top + 1)
              + " and column "
              + (block.left + 1)
              + " lies outside of the "
              + settings.rows()
              + "x"
              + settings.cols()
              + " cells that are stated; correct the sidecar (rows, cols, rows_in_block)");
    }
  }

  /** A block of one column leaves the columns out. */
  private static void addTriples(SequenceFile file, Block block, ByteBuffer value, CellList cells) {
    int count = value.getInt();
    for (int i = 0; i < count; i++) {
      int row = checked(file, value.getInt(), block.rows);
      int col = block.cols == 1 ? 0 : checked(file, value.getInt(), block.cols);
      cells.add(block.top + row, block.left + col, value.getDouble());
    }
  }

  private static void addSparseRows(
      SequenceFile file, Block block, ByteBuffer value, CellList cells) {
    value.getInt();
    for (int r = 0; r < block.rows; r++) {
      int count = value.getInt();
      for (int i = 0; i < count; i++) {
        int col = checked(file, value.getInt(), block.cols);
        cells.add(block.top + r, block.left + col, value.getDouble());
      }
    }
  }

  private static void addDense(Block block, ByteBuffer value, CellList cells) {
    for (int r = 0; r < block.rows; r++) {
      for (int c = 0; c < block.cols; c++) {
        double cell = value.getDouble();
        if (Double.doubleToRawLongBits(cell) != 0) {
          cells.add(block.top + r, block.left + c, cell);
        }
      }
    }
  }

  private static int checked(SequenceFile file, int position, int limit) {
    if (position < 0 || position >= limit) {
      throw file.damaged();
    }
    return position;
  }
}
