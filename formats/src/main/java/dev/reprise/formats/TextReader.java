package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the format {@code text}: one cell per line as row, column and value; the shape comes from
 * the sidecar or the arguments. Cells that are not listed are zero, or missing in a frame; of a
 * cell that is listed twice the last one counts.
 */
final class TextReader {
  private static final int BLOCKS_PER_THREAD = 2;

  private final ReadSettings settings;
  private final List<TextBlock> blocks;
  private final int threads;

  TextReader(ReadSettings settings, List<TextBlock> blocks, int threads) {
    this.settings = settings;
    this.blocks = blocks;
    this.threads = threads;
  }

  /** Reads a matrix that the caller owns. */
  MatrixOperand matrix(Allocator allocator) {
    needShape();
    try (CellTarget target = new CellTarget(settings.rows(), settings.cols(), allocator)) {
      int wave = BLOCKS_PER_THREAD * threads;
      for (int first = 0; first < blocks.size(); first += wave) {
        int from = first;
        CellList[] lists = new CellList[Math.min(wave, blocks.size() - first)];
        BlockTasks.run(lists.length, threads, i -> lists[i] = cells(blocks.get(from + i)));
        for (CellList list : lists) {
          target.take(list);
        }
      }
      return target.finish();
    }
  }

  private CellList cells(TextBlock block) {
    TextCells words = new TextCells(block, block.load());
    CellList cells = new CellList();
    while (words.nextLine()) {
      long row = words.index("row", settings.rows());
      long col = words.index("column", settings.cols());
      cells.add(row - 1, col - 1, words.value());
      words.endLine();
    }
    return cells;
  }

  private void needShape() {
    if (settings.rows() < 0 || settings.cols() < 0) {
      throw new FormatException(
          settings.file(),
          "format text does not tell its shape and there is no sidecar; add rows= and cols=");
    }
  }

  /** Reads a frame; the value is the rest of the line. */
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
      columns.add(FrameTexts.typed(cells[c], types.get(c), c, settings));
    }
    return new Frame(rows, Frame.defaultNames(cols), types, columns);
  }
}
