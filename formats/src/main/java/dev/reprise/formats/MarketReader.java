package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixOperand;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Reads Matrix Market: coordinates or an array; real, integer or pattern; general, symmetric or
 * skew-symmetric. A folder of parts has its banner in the first part.
 */
final class MarketReader {
  private static final int PIECE_CELLS = 1 << 17;

  private final ReadSettings settings;
  private final List<TextBlock> blocks;
  private boolean array;
  private boolean pattern;
  private boolean mirrored;
  private boolean skew;
  private long rows;
  private long cols;
  private long taken;
  private long nextRow;
  private long nextCol;

  MarketReader(ReadSettings settings, List<TextBlock> blocks) {
    this.settings = settings;
    this.blocks = blocks;
  }

  /** Reads a matrix that the caller owns. */
  MatrixOperand matrix(Allocator allocator) {
    if (blocks.isEmpty()) {
      throw new FormatException(settings.file(), "the file is empty");
    }
    TextCells words = new TextCells(blocks.get(0), blocks.get(0).load());
    readBanner(words);
    rows = words.count();
    cols = words.count();
    long listed = array ? arrayValues() : words.count();
    words.endLine();
    checkSquare();
    settings.checkShape(rows, cols);
    nextRow = skew ? 1 : 0;
    try (CellTarget target = new CellTarget(rows, cols, allocator)) {
      for (int b = 0; b < blocks.size(); b++) {
        TextBlock block = blocks.get(b);
        take(b == 0 ? words : new TextCells(block, block.load()), target, listed);
      }
      if (taken != listed) {
        throw new FormatException(
            settings.file(), taken + " cells are listed, " + listed + " were announced");
      }
      return target.finish();
    }
  }

  private void readBanner(TextCells words) {
    words.nextLine();
    String banner = words.restOfLine().toLowerCase(Locale.ROOT);
    List<String> kinds = Arrays.asList(banner.split("\\s+"));
    array = kinds.contains("array");
    pattern = kinds.contains("pattern");
    skew = kinds.contains("skew-symmetric");
    mirrored = skew || kinds.contains("symmetric");
    boolean known =
        kinds.size() == 5
            && banner.startsWith("%%matrixmarket matrix ")
            && List.of("coordinate", "array").contains(kinds.get(2))
            && List.of("real", "double", "integer", "pattern").contains(kinds.get(3))
            && List.of("general", "symmetric", "skew-symmetric").contains(kinds.get(4))
            && !(array && pattern);
    if (!known) {
      throw new FormatException(
          settings.file(),
          1,
          1,
          "the first line of Matrix Market is \"%%MatrixMarket matrix coordinate|array"
              + " real|integer|pattern general|symmetric|skew-symmetric\", found \""
              + NumberText.shortened(banner)
              + "\"");
    }
    while (words.nextLine() && words.atComment()) {
      words.restOfLine();
    }
  }

  private void checkSquare() {
    if (mirrored && rows != cols) {
      throw new FormatException(
          settings.file(), "a symmetric matrix is square, this one is " + rows + "x" + cols);
    }
  }

  /** The number of values that an array lists. */
  private long arrayValues() {
    return !mirrored ? rows * cols : skew ? rows * (rows - 1) / 2 : rows * (rows + 1) / 2;
  }

  private void take(TextCells words, CellTarget target, long listed) {
    CellList cells = new CellList();
    while (words.nextLine()) {
      if (words.atComment()) {
        words.restOfLine();
        continue;
      }
      if (taken == listed) {
        throw words.problem(words.position(), "all " + listed + " announced cells are listed");
      }
      if (array) {
        takeNextInColumn(words, cells);
      } else {
        long row = words.index("row", rows) - 1;
        long col = words.index("column", cols) - 1;
        add(cells, row, col, pattern ? 1 : words.value());
      }
      words.endLine();
      taken++;
      if (cells.size() >= PIECE_CELLS) {
        target.take(cells);
        cells = new CellList();
      }
    }
    target.take(cells);
  }

  private void takeNextInColumn(TextCells words, CellList cells) {
    add(cells, nextRow, nextCol, words.value());
    if (++nextRow == rows) {
      nextCol++;
      nextRow = !mirrored ? 0 : skew ? nextCol + 1 : nextCol;
    }
  }

  private void add(CellList cells, long row, long col, double value) {
    cells.add(row, col, value);
    if (mirrored && row != col) {
      cells.add(col, row, skew ? -value : value);
    }
  }
}
