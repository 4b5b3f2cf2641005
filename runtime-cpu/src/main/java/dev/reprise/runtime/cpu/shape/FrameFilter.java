package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Chosen rows or columns of a frame. */
final class FrameFilter {
  private FrameFilter() {}

  /** The rows at zero-based positions, in that order. */
  static Frame rows(Frame frame, int[] rows) {
    List<Object> columns = new ArrayList<>();
    for (int col = 0; col < frame.cols(); col++) {
      columns.add(pick(frame, col, rows));
    }
    return new Frame(rows.length, frame.names(), frame.schema(), columns);
  }

  private static Object pick(Frame frame, int col, int[] rows) {
    return switch (frame.schema().get(col)) {
      case STRING ->
          Arrays.stream(rows).mapToObj(i -> frame.strings(col)[i]).toArray(String[]::new);
      case DOUBLE -> Arrays.stream(rows).mapToDouble(i -> frame.doubles(col)[i]).toArray();
      case INTEGER -> Arrays.stream(rows).mapToLong(i -> frame.integers(col)[i]).toArray();
      case BOOLEAN -> {
        boolean[] picked = new boolean[rows.length];
        for (int i = 0; i < rows.length; i++) {
          picked[i] = frame.booleans(col)[rows[i]];
        }
        yield picked;
      }
    };
  }

  /** The columns at zero-based positions, in that order. */
  static Frame columns(Frame frame, int[] cols) {
    List<String> names = new ArrayList<>();
    List<ColumnType> schema = new ArrayList<>();
    List<Object> columns = new ArrayList<>();
    for (int col : cols) {
      names.add(frame.names().get(col));
      schema.add(frame.schema().get(col));
      columns.add(frame.column(col));
    }
    return new Frame(frame.rows(), names, schema, columns);
  }
}
