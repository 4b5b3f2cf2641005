package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds for each column of a frame the name of the narrowest type that all its cells fit, with
 * {@code ·n} when some are missing (unless it is STRING, which holds missing cells anyhow).
 */
final class SchemaNames {
  private static final String WITH_MISSING = "\u00b7n";

  private SchemaNames() {}

  /** One row of text cells, a type name per column. */
  static Frame of(Frame frame) {
    List<String> names = new ArrayList<>();
    for (int c = 0; c < frame.cols(); c++) {
      names.add(name(frame, c));
    }
    return row(names);
  }

  /** A frame with one row of texts. */
  static Frame row(List<String> cells) {
    List<Object> columns = new ArrayList<>();
    cells.forEach(cell -> columns.add(new String[] {cell}));
    return new Frame(
        1,
        Frame.defaultNames(cells.size()),
        Collections.nCopies(cells.size(), ColumnType.STRING),
        columns);
  }

  private static String name(Frame frame, int c) {
    ColumnType type = frame.schema().get(c);
    boolean gap = frame.missing(c) != null;
    if (type == ColumnType.STRING) {
      NarrowestType narrowest = new NarrowestType();
      for (String cell : frame.strings(c)) {
        if (!narrowest.take(cell)) {
          return ColumnType.STRING.label();
        }
      }
      type = narrowest.type();
      gap = narrowest.sawGap();
    } else if (type == ColumnType.DOUBLE && isSingle(frame.doubles(c))) {
      type = ColumnType.FP32;
    }
    String label = type == null ? "UNKNOWN" : type.label();
    return gap ? label + WITH_MISSING : label;
  }

  private static boolean isSingle(double[] cells) {
    for (double cell : cells) {
      if (!FrameCasts.isSingle(cell)) {
        return false;
      }
    }
    return true;
  }
}
