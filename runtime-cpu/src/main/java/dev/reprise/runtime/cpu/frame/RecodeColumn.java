package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A column of categories, numbered 1, 2, ... in the order in which they first appear. The empty
 * text is a missing cell.
 */
final class RecodeColumn implements ColumnEncoder {
  /** Cells of a call: what is called some hundred times is compiled as a whole. */
  private static final int PIECE = 256;

  private final StringIndex index;
  private final String[] categories;
  // The column learned from and the codes of its rows, NaN where missing, which need no second
  // look-up.
  private final Object learnedFrom;
  private final double[] learned;

  private RecodeColumn(StringIndex index, Object learnedFrom, double[] learned) {
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
    StringIndex index = new StringIndex();
    double[] codes = new double[(int) frame.rows()];
    switch (frame.schema().get(col).storage()) {
      case STRING -> learn(frame.strings(col), index, codes);
      case INTEGER -> learn(frame, col, frame.integers(col), index, codes);
      default -> learn(frame, col, bits(frame, col), index, codes);
    }
    if (extra != null) {
      index.add(extra);
    }
    return new RecodeColumn(index, frame.column(col), codes);
  }

  private static void learn(String[] cells, StringIndex index, double[] codes) {
    for (int r = 0; r < codes.length; r++) {
      String text = cells[r];
      codes[r] = text == null || text.isEmpty() ? Double.NaN : index.add(text);
    }
  }

  /** Looks numbers up until one is new, whose text is then numbered. */
  private static void learn(Frame frame, int col, long[] cells, StringIndex index, double[] codes) {
    NumberIndex numbers = new NumberIndex();
    BitSet missing = frame.missing(col);
    int r = 0;
    while (r < cells.length) {
      int end = missing == null ? -1 : missing.nextSetBit(r);
      int to = (int) Math.min(end < 0 ? cells.length : end, (long) r + PIECE);
      r = numbers.codes(cells, r, to, codes);
      if (r == end) {
        codes[r++] = Double.NaN;
      } else if (r < to) {
        int code = index.add(frame.textAt(r, col));
        numbers.put(cells[r], code);
        codes[r++] = code;
      }
    }
  }

  /** Whole numbers that are equal for equal cells. */
  private static long[] bits(Frame frame, int col) {
    long[] bits = new long[(int) frame.rows()];
    if (frame.schema().get(col).storage() == ColumnType.Storage.DOUBLE) {
      double[] cells = frame.doubles(col);
      for (int r = 0; r < bits.length; r++) {
        bits[r] = Double.doubleToLongBits(cells[r]);
      }
    } else {
      boolean[] cells = frame.booleans(col);
      for (int r = 0; r < bits.length; r++) {
        bits[r] = cells[r] ? 1 : 0;
      }
    }
    return bits;
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
  public void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    boolean isLearned = learnedFrom == frame.column(col);
    if (isLearned && rows.areAll()) {
      System.arraycopy(learned, from, out, 0, to - from);
      return;
    }
    NumberIndex seen = new NumberIndex();
    for (int i = from; i < to; i++) {
      int row = rows.at(i);
      if (isLearned) {
        out[i - from] = learned[row];
      } else {
        int code = code(frame, row, col, seen);
        out[i - from] = code == 0 ? Double.NaN : code;
      }
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
