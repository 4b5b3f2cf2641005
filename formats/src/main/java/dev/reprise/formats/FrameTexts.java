package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes typed columns from texts that are all there already. */
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

  /** A frame with the columns' types as the settings state them, or found from the cells. */
  static Frame frame(List<String> names, List<String[]> cells, int rows, ReadSettings settings) {
    settings.checkShape(rows, names.size());
    boolean stated =
        settings.schema() != null && !Schemas.DETECT.equalsIgnoreCase(settings.schema());
    if (!stated) {
      List<ColumnType> texts = Collections.nCopies(names.size(), ColumnType.STRING);
      return new SchemaDetection(settings.missing())
          .apply(new Frame(rows, names, texts, new ArrayList<>(cells)));
    }
    List<ColumnType> types = Schemas.parse(settings.schema(), names.size(), settings.file());
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      columns.add(typed(cells.get(c), types.get(c), c, settings));
    }
    return new Frame(rows, names, types, columns);
  }
}
