package dev.reprise.runtime.cpu.frame;

import java.util.HashMap;
import java.util.Map;

/** A column of categories, numbered 1, 2, ... in the order in which they first appear. */
final class RecodeColumn implements ColumnEncoder {
  // A HashMap, not a LinkedHashMap: its iteration order is the order of SystemDS's meta frames.
  private final Map<String, Integer> codes;
  private final String[] categories;

  private RecodeColumn(Map<String, Integer> codes) {
    this.codes = codes;
    int largest = codes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    this.categories = new String[largest];
    codes.forEach((category, code) -> categories[code - 1] = category);
  }

  /** Learns the categories of a column. */
  static RecodeColumn of(ColumnCells cells) {
    Map<String, Integer> codes = new HashMap<>();
    for (int r = 0; r < cells.rows(); r++) {
      String text = cells.text(r);
      if (text != null && !codes.containsKey(text)) {
        codes.put(text, codes.size() + 1);
      }
    }
    return new RecodeColumn(codes);
  }

  /** Reads the categories back: each cell is category, mark, code. */
  static RecodeColumn fromMeta(String[] cells, String name) {
    Map<String, Integer> codes = new HashMap<>();
    for (String cell : cells) {
      int mark = cell.lastIndexOf(MARK);
      int code = mark < 0 ? 0 : code(cell.substring(mark + 1));
      if (code < 1 || code > 1 << 28) {
        throw BinColumn.badMeta(name, "a category, '" + MARK + "' and a code", cell);
      }
      codes.put(cell.substring(0, mark), code);
    }
    return new RecodeColumn(codes);
  }

  private static int code(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public int codes() {
    return categories.length;
  }

  @Override
  public double encode(ColumnCells cells, int row) {
    String text = cells.text(row);
    Integer code = text == null ? null : codes.get(text);
    if (code == null && cells.imputed() != null) {
      // Categories not seen before are filled like missing cells, as in SystemDS.
      code = codes.get(cells.imputed());
    }
    return code == null ? Double.NaN : code;
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
    return codes.entrySet().stream()
        .map(entry -> entry.getKey() + MARK + entry.getValue())
        .toArray(String[]::new);
  }
}
