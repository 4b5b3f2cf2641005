package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds for each column of a frame the name of the narrowest type that all its cells fit: BOOLEAN,
 * INT32, INT64, FP32, FP64, CHARACTER, STRING, or UNKNOWN when all are missing; with {@code ·n}
 * when some are missing.
 */
final class SchemaNames {
  private static final String[] WIDENING = {"BOOLEAN", "INT32", "INT64", "FP32", "FP64"};
  private static final int CHARACTER = 5;
  private static final int STRING = 6;

  private SchemaNames() {}

  /** One row of text cells, a type name per column. */
  static Frame of(Frame frame) {
    List<String> names = new ArrayList<>();
    for (int c = 0; c < frame.cols(); c++) {
      names.add(
          frame.schema().get(c) == ColumnType.STRING
              ? name(frame.strings(c))
              : FrameText.typeName(frame.schema().get(c)));
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

  private static String name(String[] cells) {
    int widest = -1;
    boolean gap = false;
    for (String cell : cells) {
      if (cell == null) {
        gap = true;
      } else if (widest < STRING) {
        widest = widened(widest, width(cell), cell);
      }
    }
    String name =
        widest < 0
            ? "UNKNOWN"
            : widest == STRING ? "STRING" : widest == CHARACTER ? "CHARACTER" : WIDENING[widest];
    return gap ? name + "·n" : name;
  }

  /** The narrowest type that holds cells of both; a letter among numbers makes all of it text. */
  private static int widened(int soFar, int next, String cell) {
    if (soFar < 0 || soFar == next) {
      return next;
    }
    if (soFar >= CHARACTER || next >= CHARACTER) {
      return STRING;
    }
    return Math.max(soFar, next);
  }

  private static int width(String cell) {
    switch (cell) {
      case "TRUE", "FALSE", "true", "false", "T", "F", "t", "f", "0", "1" -> {
        return 0;
      }
      default -> {
        try {
          return numberWidth(cell);
        } catch (NumberFormatException e) {
          return cell.length() == 1 ? CHARACTER : STRING;
        }
      }
    }
  }

  private static int numberWidth(String cell) {
    double value = FrameCells.parseNumber(cell);
    boolean exponent = cell.indexOf('e') >= 0 || cell.indexOf('E') >= 0;
    if (value == Math.rint(value) && !Double.isInfinite(value) && !exponent) {
      boolean small = Math.abs(value) <= Integer.MAX_VALUE;
      return small ? 1 : Math.abs(value) < Long.MAX_VALUE ? 2 : 4;
    }
    boolean shortEnough = Double.parseDouble(Float.toString((float) value)) == value;
    return shortEnough || !Double.isFinite(value) ? 3 : 4;
  }
}
