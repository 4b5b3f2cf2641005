package dev.reprise.formats.parquet;

import dev.reprise.runtime.ColumnType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.column.ColumnReader;

/** The cells of one frame column while they are read. */
final class ParquetCells {
  /** So many different texts are shared; more are not categories. */
  private static final int MOST_SHARED = 1 << 14;

  private final ParquetColumn column;
  private final String[] texts;
  private final double[] numbers;
  private final long[] wholes;
  private final boolean[] truths;
  private final boolean[] missing;
  private final Map<String, String> shared = new HashMap<>();
  private boolean gap;
  private boolean beyond;

  ParquetCells(ParquetColumn column, int rows) {
    ColumnType type = column.type();
    this.column = column;
    this.texts = type == ColumnType.STRING ? new String[rows] : null;
    this.numbers = type == ColumnType.DOUBLE ? new double[rows] : null;
    this.wholes = type == ColumnType.INTEGER ? new long[rows] : null;
    this.truths = type == ColumnType.BOOLEAN ? new boolean[rows] : null;
    boolean marked = type == ColumnType.INTEGER || type == ColumnType.BOOLEAN;
    this.missing = marked ? new boolean[rows] : null;
  }

  void take(int row, ColumnReader cells) {
    if (numbers != null) {
      numbers[row] = column.number(cells);
    } else if (column.isMissing(cells)) {
      gap = true;
      if (missing != null) {
        missing[row] = true;
      }
    } else if (wholes != null) {
      wholes[row] = column.whole(cells);
      beyond |= column.isBeyond(wholes[row]);
    } else if (truths != null) {
      truths[row] = cells.getBoolean();
    } else {
      texts[row] = share(column.text(cells));
    }
  }

  private String share(String text) {
    String before = shared.get(text);
    if (before == null && shared.size() < MOST_SHARED) {
      shared.put(text, text);
    }
    return before == null ? text : before;
  }

  /** Whole numbers with gaps, or of 2^63 and more, are doubles, booleans with gaps texts. */
  ColumnType type() {
    return switch (column.type()) {
      case INTEGER -> gap || beyond ? ColumnType.DOUBLE : ColumnType.INTEGER;
      case BOOLEAN -> gap ? ColumnType.STRING : ColumnType.BOOLEAN;
      default -> column.type();
    };
  }

  Object finish() {
    if ((gap || beyond) && wholes != null) {
      double[] cells = new double[wholes.length];
      Arrays.setAll(cells, r -> missing[r] ? Double.NaN : column.number(wholes[r]));
      return cells;
    }
    if (gap && truths != null) {
      String[] cells = new String[truths.length];
      Arrays.setAll(cells, r -> missing[r] ? null : Boolean.toString(truths[r]));
      return cells;
    }
    return switch (column.type().storage()) {
      case STRING -> texts;
      case DOUBLE -> numbers;
      case INTEGER -> wholes;
      case BOOLEAN -> truths;
    };
  }
}
