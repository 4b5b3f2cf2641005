package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.HashMap;
import java.util.Map;

/**
 * A column of categories, numbered 1, 2, ... in the order in which they first appear. The empty
 * text is a missing cell.
 */
final class RecodeColumn implements ColumnEncoder {
  private final StringIndex index;
  private final String[] categories;
  // The column learned from and the codes of its rows, which need no second look-up.
  private final Object learnedFrom;
  private final int[] learned;

  private RecodeColumn(StringIndex index, Object learnedFrom, int[] learned) {
    this.index = index;
    this.categories = index.texts();
    this.learnedFrom = learnedFrom;
    this.learned = learned;
  }

  /**
   * Learns the categories of a column.
   *
   * @param extra one more category unless it is there, or null
   */
  static RecodeColumn learn(Frame frame, int col, String extra) {
    int rows = (int) frame.rows();
    StringIndex index = new StringIndex();
    int[] codes = new int[rows];
    if (frame.schema().get(col).storage() == ColumnType.Storage.STRING) {
      String[] cells = frame.strings(col);
      for (int r = 0; r < rows; r++) {
        String text = cells[r];
        codes[r] = text == null || text.isEmpty() ? 0 : index.add(text);
      }
    } else {
      NumberIndex numbers = new NumberIndex();
      for (int r = 0; r < rows; r++) {
        codes[r] = frame.isMissing(r, col) ? 0 : number(frame, r, col, numbers, index);
      }
    }
    if (extra != null) {
      index.add(extra);
    }
    return new RecodeColumn(index, frame.column(col), codes);
  }

  private static int number(Frame frame, int row, int col, NumberIndex numbers, StringIndex index) {
    long bits = bits(frame, row, col);
    int code = numbers.find(bits);
    if (code == 0) {
      code = index.add(frame.textAt(row, col));
      numbers.put(bits, code);
    }
    return code;
  }

  private static long bits(Frame frame, int row, int col) {
    return switch (frame.schema().get(col).storage()) {
      case DOUBLE -> Double.doubleToLongBits(frame.doubles(col)[row]);
      case INTEGER -> frame.integers(col)[row];
      default -> frame.booleans(col)[row] ? 1 : 0;
    };
  }

  /** Reads the categories back: each cell is category, mark, code. */
  static RecodeColumn fromMeta(String[] cells, String name) {
    StringIndex index = new StringIndex();
    for (String cell : cells) {
      int mark = cell.lastIndexOf(MARK);
      int code = mark < 0 ? 0 : code(cell.substring(mark + 1));
      if (code < 1 || code > 1 << 28 || index.find(cell.substring(0, mark)) != 0) {
        throw BinColumn.badMeta(name, "a category, '" + MARK + "' and a code", cell);
      }
      index.put(cell.substring(0, mark), code);
    }
    return new RecodeColumn(index, null, null);
  }

  private static int code(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  StringIndex index() {
    return index;
  }

  @Override
  public int codes() {
    return categories.length;
  }

  @Override
  public void encode(Frame frame, int col, int[] rows, int from, int to, double[] out) {
    boolean known = learnedFrom == frame.column(col);
    NumberIndex seen = new NumberIndex();
    for (int i = from; i < to; i++) {
      int row = rows[i];
      int code = known ? learned[row] : code(frame, row, col, seen);
      out[i - from] = code == 0 ? Double.NaN : code;
    }
  }

  private int code(Frame frame, int row, int col, NumberIndex seen) {
    if (frame.schema().get(col).storage() == ColumnType.Storage.STRING) {
      String text = frame.strings(col)[row];
      return text == null ? 0 : index.find(text);
    }
    if (frame.isMissing(row, col)) {
      return 0;
    }
    long bits = bits(frame, row, col);
    int code = seen.find(bits);
    if (code == 0) {
      code = index.find(frame.textAt(row, col));
      if (code != 0) {
        seen.put(bits, code);
      }
    }
    return code;
  }

  @Override
  public double encode(String text) {
    int code = index.find(text);
    return code == 0 ? Double.NaN : code;
  }

  @Override
  public String decode(double code) {
    long position = Math.round(code);
    return Double.isNaN(code) || position < 1 || position > categories.length
        ? null
        : categories[(int) position - 1];
  }

  @Override
  public String[] meta() {
    return meta(categories);
  }

  /** Cells of texts and their numbers. */
  static String[] meta(String[] texts) {
    // The iteration order of a HashMap filled by number is the order of SystemDS's meta frames.
    Map<String, Integer> codes = new HashMap<>();
    for (int i = 0; i < texts.length; i++) {
      if (texts[i] != null) {
        codes.put(texts[i], i + 1);
      }
    }
    return codes.entrySet().stream()
        .map(entry -> entry.getKey() + MARK + entry.getValue())
        .toArray(String[]::new);
  }
}
