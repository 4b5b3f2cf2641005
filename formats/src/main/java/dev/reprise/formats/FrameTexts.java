package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;

/** Makes a typed column of texts that are all there already. */
final class FrameTexts {
  private FrameTexts() {}

  /**
   * One column.
   *
   * @param cells null is missing
   * @param col zero-based, for messages
   */
  static Object typed(String[] cells, ColumnType type, int col, ReadSettings settings) {
    FrameColumn column = FrameColumn.of(type, settings.missing());
    for (int r = 0; r < cells.length; r++) {
      boolean named = cells[r] != null && settings.missing().names().contains(cells[r]);
      String expected = column.add(cells[r], named);
      if (expected != null) {
        throw new FormatException(
            settings.file(),
            "cell ["
                + (r + 1)
                + ","
                + (col + 1)
                + "] is \""
                + NumberText.shortened(String.valueOf(cells[r]))
                + "\" where "
                + expected
                + " is due");
      }
    }
    return column.finish();
  }
}
