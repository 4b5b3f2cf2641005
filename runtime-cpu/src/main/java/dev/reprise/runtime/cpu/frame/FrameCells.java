package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;

/** Single cells of frames, and columns of one type made from cells of another. */
final class FrameCells {
  private FrameCells() {}

  /** The cell as the text that recoding and conversion see; null when missing. Positions from 0. */
  static String text(Frame frame, int row, int col) {
    return switch (frame.schema().get(col)) {
      case STRING -> frame.strings(col)[row];
      case DOUBLE -> {
        double value = frame.doubles(col)[row];
        yield Double.isNaN(value) ? null : Double.toString(value);
      }
      case INTEGER -> Long.toString(frame.integers(col)[row]);
      case BOOLEAN -> Boolean.toString(frame.booleans(col)[row]);
    };
  }

  /**
   * The cell as a number; NaN when missing.
   *
   * @throws OperandException when the text is no number, with one-based row and column
   */
  static double number(Frame frame, int row, int col) {
    return switch (frame.schema().get(col)) {
      case STRING -> parse(frame, row, col);
      case DOUBLE -> frame.doubles(col)[row];
      case INTEGER -> frame.integers(col)[row];
      case BOOLEAN -> frame.booleans(col)[row] ? 1 : 0;
    };
  }

  private static double parse(Frame frame, int row, int col) {
    String text = frame.strings(col)[row];
    if (text == null || text.isBlank()) {
      return Double.NaN;
    }
    try {
      return parseNumber(text);
    } catch (NumberFormatException e) {
      throw new OperandException(
          "row "
              + (row + 1)
              + ", column "
              + (col + 1)
              + " ("
              + frame.names().get(col)
              + ") of the frame holds \""
              + text
              + "\" where a number is due; recode or dummycode columns of text first");
    }
  }

  /**
   * The number that a text stands for; truth values count as 1 and 0, quotes are looked through.
   */
  static double parseNumber(String text) {
    String word = text.strip();
    if (word.length() > 2 && word.startsWith("\"") && word.endsWith("\"")) {
      word = word.substring(1, word.length() - 1).strip();
    }
    return switch (word) {
      case "TRUE", "true", "True", "T" -> 1;
      case "FALSE", "false", "False", "F" -> 0;
      case "NaN", "nan", "NAN" -> Double.NaN;
      case "Inf", "inf", "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Inf", "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
  }

  /** The cell as a scalar of its column's type; missing text is {@code null}, as it prints. */
  static Scalar scalar(Frame frame, int row, int col) {
    return switch (frame.schema().get(col)) {
      case STRING -> Scalar.of(String.valueOf(frame.strings(col)[row]));
      case DOUBLE -> Scalar.of(frame.doubles(col)[row]);
      case INTEGER -> Scalar.of(frame.integers(col)[row]);
      case BOOLEAN -> Scalar.of(frame.booleans(col)[row]);
    };
  }

  /** An array for a column of a type. */
  static Object newColumn(ColumnType type, int rows) {
    return switch (type) {
      case STRING -> new String[rows];
      case DOUBLE -> new double[rows];
      case INTEGER -> new long[rows];
      case BOOLEAN -> new boolean[rows];
    };
  }

  /**
   * Copies a run of cells into a column of another type.
   *
   * @throws OperandException when a cell does not fit the target's type
   */
  static void copy(
      Frame source, int col, int from, Object target, ColumnType type, int to, int count) {
    if (source.schema().get(col) == type) {
      System.arraycopy(source.column(col), from, target, to, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      set(target, type, to + i, text(source, from + i, col), source.names().get(col));
    }
  }

  /** Sets one cell of a column from text; missing becomes zero where a type has no such value. */
  static void set(Object column, ColumnType type, int row, String text, String name) {
    try {
      switch (type) {
        case STRING -> ((String[]) column)[row] = text;
        case DOUBLE -> ((double[]) column)[row] = text == null ? 0 : parseNumber(text);
        case INTEGER -> ((long[]) column)[row] = text == null ? 0 : whole(text);
        case BOOLEAN -> ((boolean[]) column)[row] = text != null && parseNumber(text) != 0;
      }
    } catch (NumberFormatException e) {
      throw new OperandException(
          "column "
              + name
              + " has the type "
              + FrameText.typeName(type)
              + " and cannot hold \""
              + text
              + "\"");
    }
  }

  private static long whole(String text) {
    double value = parseNumber(text);
    if (value != Math.rint(value)) {
      throw new NumberFormatException(text);
    }
    return Math.abs(value) < 1L << 53 ? (long) value : Long.parseLong(text.strip());
  }

  /** A frame with the same names and schema whose columns are made by row. */
  static Frame likeNamed(Frame frame, long rows, List<Object> columns) {
    return new Frame(rows, frame.names(), frame.schema(), columns);
  }

  /** The types that a schema text names, comma-separated; one name stands for all columns. */
  static List<ColumnType> schema(String text, int cols) {
    String[] names = text.split(",");
    if (names.length != 1 && names.length != cols) {
      throw new OperandException(
          "the schema \"" + text + "\" names " + names.length + " columns, not " + cols);
    }
    List<ColumnType> types = new ArrayList<>();
    for (int c = 0; c < cols; c++) {
      types.add(FrameText.typeNamed(names[names.length == 1 ? 0 : c]));
    }
    return types;
  }
}
