package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;

/**
 * Recognises the meta frame of a feature transform: text columns, each either of coded cells (two
 * parts with a middle dot between them) or with nothing below its first row. SystemDS keeps the
 * number of codes per column in comment lines of the csv file and needs them to apply bins; other
 * readers may skip them.
 */
final class TransformMeta {
  static final String MISSING_VALUES = "#Meta\u00b7MV";
  static final String DISTINCT_COUNTS = "#Meta\u00b7ND";
  private static final char MARK = '\u00b7';

  private TransformMeta() {}

  /** Codes per column, -1 for columns without; null when the frame is no meta frame. */
  static long[] distinctCounts(Frame frame) {
    long[] counts = new long[frame.cols()];
    boolean any = false;
    for (int c = 0; c < counts.length; c++) {
      if (frame.schema().get(c) != ColumnType.STRING) {
        return null;
      }
      counts[c] = codes(frame.strings(c));
      if (counts[c] == -2) {
        return null;
      }
      any |= counts[c] >= 0 || frame.fill(c) != null;
    }
    return any ? counts : null;
  }

  /** The number of coded cells; -1 when there are none, -2 when other cells are among them. */
  private static long codes(String[] cells) {
    long coded = 0;
    boolean other = false;
    for (int r = 0; r < cells.length; r++) {
      boolean isCoded = cells[r] != null && cells[r].indexOf(MARK) >= 0;
      coded += isCoded ? 1 : 0;
      other |= cells[r] != null && !isCoded && r > 0;
    }
    return other ? -2 : coded == 0 ? -1 : coded;
  }
}
