package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;

/** Cell by cell comparison of two frames, and replacement of cells. */
public final class FrameCompare {
  private FrameCompare() {}

  /** A frame of truth values: numbers compare as numbers, all else as texts. */
  public static Frame compare(String operator, Operand left, Operand right) {
    if (!(left instanceof Frame a) || !(right instanceof Frame b)) {
      throw new OperandException(
          "'"
              + operator
              + "' compares a frame with a frame only; make one with frame(value, rows=, cols=)");
    }
    if (!a.shape().equals(b.shape())) {
      throw new OperandException(
          "'"
              + operator
              + "' needs frames of equal shape, but got "
              + a.shape()
              + " and "
              + b.shape());
    }
    FrameBuilder builder = new FrameBuilder();
    int rows = (int) a.rows();
    for (int c = 0; c < a.cols(); c++) {
      boolean numbers = isNumber(a.schema().get(c)) && isNumber(b.schema().get(c));
      boolean[] cells = new boolean[rows];
      for (int r = 0; r < rows; r++) {
        cells[r] =
            numbers
                ? holds(operator, FrameCells.number(a, r, c), FrameCells.number(b, r, c))
                : holds(operator, a.textAt(r, c), b.textAt(r, c));
      }
      builder.add("C" + (c + 1), new Column(ColumnType.BOOLEAN, cells, null));
    }
    return builder.build(rows);
  }

  private static boolean isNumber(ColumnType type) {
    return type.storage() != ColumnType.Storage.STRING;
  }

  private static boolean holds(String operator, double left, double right) {
    return switch (operator) {
      case "==" -> left == right;
      case "!=" -> left != right;
      case "<" -> left < right;
      case "<=" -> left <= right;
      case ">" -> left > right;
      default -> left >= right;
    };
  }

  /** A missing cell equals a missing cell only, and is neither less nor greater than any. */
  private static boolean holds(String operator, String left, String right) {
    if (left == null || right == null) {
      boolean same = left == null && right == null;
      return operator.equals("!=") ? !same : same && operator.contains("=");
    }
    return holds(operator, left.compareTo(right), 0);
  }

  /** The frame with the cells that equal a pattern, as text or as number, replaced. */
  public static Frame replace(Frame frame, Scalar pattern, Scalar replacement) {
    String from = pattern.asString();
    String to = replacement.asString();
    Double number = numberOf(from);
    FrameBuilder builder = new FrameBuilder();
    int rows = (int) frame.rows();
    for (int c = 0; c < frame.cols(); c++) {
      boolean numbers = isNumber(frame.schema().get(c));
      if (numbers && number == null) {
        builder.share(frame, c);
        continue;
      }
      Column column = new Column(frame.schema().get(c), rows);
      column.copy(frame, c, 0, 0, rows);
      for (int r = 0; r < rows; r++) {
        boolean equal =
            numbers
                ? !frame.isMissing(r, c) && number.equals(FrameCells.number(frame, r, c))
                : from.equals(frame.textAt(r, c));
        if (equal) {
          column.set(r, to, frame.names().get(c));
        }
      }
      builder.add(frame.names().get(c), column);
    }
    return builder.build(rows);
  }

  private static Double numberOf(String text) {
    try {
      return FrameCells.parseNumber(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
