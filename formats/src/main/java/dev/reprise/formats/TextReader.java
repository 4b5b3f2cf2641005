package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the formats with one cell per line: {@code text} (row, column, value; shape from the
 * sidecar) and {@code mm} (Matrix Market, which states its shape). Cells that are not listed are
 * zero, or missing in a frame; of a cell that is listed twice the last one counts.
 */
final class TextReader {
  private final ReadSettings settings;
  private final List<TextBlock> blocks;

  TextReader(ReadSettings settings, List<TextBlock> blocks) {
    this.settings = settings;
    this.blocks = blocks;
  }

  /** Reads {@code text} into a matrix that the caller owns. */
  DenseMatrix matrix(Allocator allocator) {
    needShape();
    DenseMatrix matrix = zeros(allocator, settings.rows(), settings.cols());
    try {
      for (TextBlock block : blocks) {
        TextCells cells = new TextCells(block, block.load());
        while (cells.nextLine()) {
          long row = cells.index("row", matrix.rows());
          long col = cells.index("column", matrix.cols());
          matrix.set(row - 1, col - 1, cells.value());
          cells.endLine();
        }
      }
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private void needShape() {
    if (settings.rows() < 0 || settings.cols() < 0) {
      throw new FormatException(
          settings.file(),
          "format text does not tell its shape and there is no sidecar; add rows= and cols=");
    }
  }

  private static DenseMatrix zeros(Allocator allocator, long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    matrix.segment().asSlice(0, matrix.bytes()).fill((byte) 0);
    return matrix;
  }

  /** Reads {@code text} into a frame; the value is the rest of the line. */
  Frame frame() {
    needShape();
    if (new Shape(settings.rows(), settings.cols()).cells() > 1 << 28) {
      throw new FormatException(
          settings.file(),
          "a frame of "
              + settings.rows()
              + "x"
              + settings.cols()
              + " is too large for format text");
    }
    int rows = (int) settings.rows();
    int cols = (int) settings.cols();
    String[][] cells = new String[cols][rows];
    for (TextBlock block : blocks) {
      TextCells lines = new TextCells(block, block.load());
      while (lines.nextLine()) {
        int row = (int) lines.index("row", rows);
        int col = (int) lines.index("column", cols);
        lines.skipSpace();
        cells[col - 1][row - 1] = lines.restOfLine();
      }
    }
    List<ColumnType> types = Schemas.parse(settings.schema(), cols, settings.file());
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < cols; c++) {
      columns.add(typed(cells[c], types.get(c), c));
    }
    return new Frame(rows, Frame.defaultNames(cols), types, columns);
  }

  private boolean isNamed(String cell) {
    return cell != null && settings.missing().names().contains(cell);
  }

  private Object typed(String[] cells, ColumnType type, int col) {
    FrameColumn column = FrameColumn.of(type, settings.missing());
    for (int r = 0; r < cells.length; r++) {
      String expected = column.add(cells[r], isNamed(cells[r]));
      if (expected != null) {
        throw new FormatException(
            settings.file(),
            "cell ["
                + (r + 1)
                + ","
                + (col + 1)
                + "] is \""
                + cells[r]
                + "\" where "
                + expected
                + " is due");
      }
    }
    return column.finish();
  }

  /** Reads Matrix Market into a matrix that the caller owns. */
  DenseMatrix matrixMarket(Allocator allocator) {
    if (blocks.isEmpty()) {
      throw new FormatException(settings.file(), "the file is empty");
    }
    TextCells cells = new TextCells(blocks.get(0), blocks.get(0).load());
    cells.nextLine();
    String banner = cells.restOfLine().toLowerCase(java.util.Locale.ROOT);
    List<String> words = Arrays.asList(banner.split("\\s+"));
    boolean array = words.contains("array");
    boolean symmetric = words.contains("symmetric");
    boolean skew = words.contains("skew-symmetric");
    if (!banner.startsWith("%%matrixmarket matrix")
        || words.contains("complex")
        || words.contains("hermitian")) {
      throw new FormatException(
          settings.file(),
          1,
          1,
          "the first line of Matrix Market is \"%%MatrixMarket matrix coordinate|array"
              + " real|integer|pattern general|symmetric|skew-symmetric\", found \""
              + NumberText.shortened(banner)
              + "\"");
    }
    while (cells.nextLine() && cells.atComment()) {
      cells.restOfLine();
    }
    long rows = cells.count();
    long cols = cells.count();
    long listed = array ? -1 : cells.count();
    cells.endLine();
    settings.checkShape(rows, cols);
    DenseMatrix matrix = zeros(allocator, rows, cols);
    try {
      MarketTarget target = new MarketTarget(matrix, symmetric || skew, skew ? -1 : 1);
      for (int b = 0; b < blocks.size(); b++) {
        TextBlock block = blocks.get(b);
        target.take(b == 0 ? cells : new TextCells(block, block.load()), array, words);
      }
      long expected = array ? target.due() : listed;
      if (target.taken != expected) {
        throw new FormatException(
            settings.file(), target.taken + " cells are listed, " + expected + " were announced");
      }
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  /** Where Matrix Market cells go. */
  private static final class MarketTarget {
    private final DenseMatrix matrix;
    private final boolean mirrored;
    private final double mirrorSign;
    private long taken;
    private long row;
    private long col;

    MarketTarget(DenseMatrix matrix, boolean mirrored, double mirrorSign) {
      this.matrix = matrix;
      this.mirrored = mirrored;
      this.mirrorSign = mirrorSign;
      this.row = mirrored && mirrorSign < 0 ? 1 : 0;
    }

    /** The number of values that an array lists. */
    long due() {
      long n = matrix.cols();
      return !mirrored ? matrix.cells() : mirrorSign < 0 ? n * (n - 1) / 2 : n * (n + 1) / 2;
    }

    void take(TextCells cells, boolean array, List<String> words) {
      boolean pattern = words.contains("pattern");
      while (cells.nextLine()) {
        if (array) {
          takeNextInColumn(cells);
        } else {
          long r = cells.index("row", matrix.rows()) - 1;
          long c = cells.index("column", matrix.cols()) - 1;
          set(r, c, pattern ? 1 : cells.value());
        }
        cells.endLine();
        taken++;
      }
    }

    private void takeNextInColumn(TextCells cells) {
      if (taken >= due()) {
        throw cells.problem(cells.position(), "the array has " + due() + " values");
      }
      set(row, col, cells.value());
      if (++row == matrix.rows()) {
        col++;
        row = !mirrored ? 0 : mirrorSign < 0 ? col + 1 : col;
      }
    }

    private void set(long r, long c, double value) {
      matrix.set(r, c, value);
      if (mirrored && r != c) {
        matrix.set(c, r, mirrorSign * value);
      }
    }
  }
}
