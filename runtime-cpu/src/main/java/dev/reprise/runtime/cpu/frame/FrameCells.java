package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;

/** Single cells of frames, as numbers, texts and scalars. */
final class FrameCells {
  private FrameCells() {}

  /**
   * The cell as a number; NaN when missing. A character counts as its code, a hash as its value.
   *
   * @throws OperandException when the text is no number, with one-based row and column
   */
  static double number(Frame frame, int row, int col) {
    ColumnType type = frame.schema().get(col);
    return switch (type.storage()) {
      case STRING -> type == ColumnType.CHARACTER ? code(frame, row, col) : parse(frame, row, col);
      case DOUBLE -> frame.doubles(col)[row];
      case INTEGER -> frame.isMissing(row, col) ? Double.NaN : frame.integers(col)[row];
      case BOOLEAN -> frame.isMissing(row, col) ? Double.NaN : frame.booleans(col)[row] ? 1 : 0;
    };
  }

  private static double code(Frame frame, int row, int col) {
    String text = frame.strings(col)[row];
    return text == null || text.isEmpty() ? Double.NaN : text.codePointAt(0);
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
      case "TRUE", "true", "True", "T", "t" -> 1;
      case "FALSE", "false", "False", "F", "f" -> 0;
      case "NaN", "nan", "NAN" -> Double.NaN;
      case "Inf", "inf", "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Inf", "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
  }

  /** The cell as a scalar of its column's type; missing text is {@code null}, as it prints. */
  static Scalar scalar(Frame frame, int row, int col) {
    ColumnType type = frame.schema().get(col);
    boolean hash = type == ColumnType.HASH64 || type == ColumnType.HASH32;
    if (hash || frame.isMissing(row, col)) {
      return Scalar.of(String.valueOf(frame.textAt(row, col)));
    }
    return switch (type.storage()) {
      case STRING -> Scalar.of(frame.strings(col)[row]);
      case DOUBLE -> Scalar.of(frame.doubles(col)[row]);
      case INTEGER -> Scalar.of(frame.integers(col)[row]);
      case BOOLEAN -> Scalar.of(frame.booleans(col)[row]);
    };
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
      types.add(typeNamed(names[names.length == 1 ? 0 : c]));
    }
    return types;
  }

  /** The column type of a name. */
  static ColumnType typeNamed(String name) {
    ColumnType type = ColumnType.named(name);
    if (type == null) {
      throw new OperandException(
          "unknown column type \""
              + name
              + "\"; use STRING, FP64, FP32, INT64, INT32, BOOLEAN, UINT8, UINT4, CHARACTER, HASH64"
              + " or HASH32");
    }
    return type;
  }
}
