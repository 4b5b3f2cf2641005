package dev.reprise.formats;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each column of a frame of texts the narrowest type that all its cells fit: BOOLEAN,
 * INTEGER, DOUBLE, else STRING. Missing cells fit every type; a column with missing cells that are
 * not filled by a default becomes DOUBLE rather than INTEGER.
 */
final class SchemaDetection {
  private final MissingValues missing;

  SchemaDetection(MissingValues missing) {
    this.missing = missing;
  }

  Frame apply(Frame texts) {
    List<ColumnType> types = new ArrayList<>();
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < texts.cols(); c++) {
      String[] cells = texts.strings(c);
      ColumnType type = narrowest(cells);
      FrameColumn column = FrameColumn.of(type, missing);
      for (String cell : cells) {
        column.add(cell == null && type == ColumnType.DOUBLE ? "NaN" : cell, false);
      }
      types.add(type);
      columns.add(column.finish());
    }
    return new Frame(texts.rows(), texts.names(), types, columns);
  }

  private ColumnType narrowest(String[] cells) {
    boolean any = false;
    boolean gap = false;
    boolean truth = true;
    boolean whole = true;
    boolean number = true;
    for (String cell : cells) {
      if (cell == null) {
        gap = true;
        continue;
      }
      any = true;
      truth = truth && (cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false"));
      whole = whole && isWhole(cell);
      number = number && (whole || NumberText.isNaN(cell) || !Double.isNaN(NumberText.parse(cell)));
      if (!truth && !number) {
        return ColumnType.STRING;
      }
    }
    if (!any || truth && gap) {
      return ColumnType.STRING;
    }
    return truth ? ColumnType.BOOLEAN : whole && !gap ? ColumnType.INTEGER : ColumnType.DOUBLE;
  }

  private static boolean isWhole(String cell) {
    try {
      Long.parseLong(cell);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
