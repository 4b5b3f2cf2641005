package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;

/**
 * A range of rows or columns.
 *
 * @param from first index, zero-based
 * @param size how many
 */
record Bounds(long from, long size) {

  /**
   * Reads a range from two operands: both left out means all, the upper one left out means a single
   * index. Fractions are cut off.
   */
  static Bounds of(Operation operation, Operand[] inputs, int lowerAt, boolean rows, Shape shape) {
    long extent = rows ? shape.rows() : shape.cols();
    boolean openEnd = Arguments.isAbsent(inputs[lowerAt + 1]);
    if (Arguments.isAbsent(inputs[lowerAt])) {
      return new Bounds(0, extent);
    }
    long lower = Arguments.whole(operation, inputs, lowerAt);
    long upper = openEnd ? lower : Arguments.whole(operation, inputs, lowerAt + 1);
    return checked(lower, upper, openEnd, rows, shape);
  }

  /** A one-based inclusive range, checked against a shape. */
  private static Bounds checked(long lower, long upper, boolean single, boolean rows, Shape shape) {
    long extent = rows ? shape.rows() : shape.cols();
    if (lower < 1 || upper > extent || lower > upper) {
      throw new OperandException(
          (rows ? "row" : "column")
              + " index "
              + (single ? Long.toString(lower) : lower + ":" + upper)
              + " is out of range for a value of shape "
              + shape
              + (lower > upper ? ": it ends before it begins" : ""));
    }
    return new Bounds(lower - 1, upper - lower + 1);
  }
}
