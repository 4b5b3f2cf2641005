package dev.reprise.runtime.operation;

import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;

/** Shapes of values, computed or pending, as the rules of the operation table see them. */
public final class Shapes {
  private Shapes() {}

  /**
   * Whether a value is a scalar.
   *
   * @param value that may be pending
   * @return true for scalars and for pending values known to be scalars
   */
  public static boolean isScalar(Value value) {
    return value instanceof Scalar
        || value instanceof PendingValue pending
            && pending.meta() != null
            && pending.meta().type().isScalar();
  }

  /** True for frames and for pending values known to be frames. */
  static boolean isFrame(Value value) {
    return value instanceof FrameValue
        || value instanceof PendingValue pending
            && pending.meta() != null
            && pending.meta().type() == ValueType.FRAME;
  }

  /**
   * Rows and columns of a matrix or frame.
   *
   * @param value that may be pending
   * @return null for scalars, lists and what is not known yet
   */
  public static Shape of(Value value) {
    if (value instanceof MatrixValue matrix) {
      return matrix.shape();
    }
    if (value instanceof FrameValue frame) {
      return frame.shape();
    }
    return value instanceof PendingValue pending && pending.meta() != null
        ? pending.meta().shape()
        : null;
  }

  /** The scalar's number when the value is a computed scalar, else the fallback. */
  static long longOr(Value value, long fallback) {
    return value instanceof Scalar scalar && !scalar.isAbsent() ? scalar.asLong() : fallback;
  }

  /**
   * Shape of an element-wise operation: equal shapes, one operand a row vector, column vector or
   * 1x1 matrix that is repeated over the other, or a column on the left and a row on the right, of
   * which all pairs are made (not of gradients, whose operands belong together cell by cell).
   *
   * @param opcode of the operation
   * @param left shape of the first operand
   * @param right shape of the second
   * @return shape of the result
   * @throws OperandException when the shapes do not fit
   */
  public static Shape cellwise(String opcode, Shape left, Shape right) {
    Shape shape = cellwiseOrNull(opcode, left, right);
    if (shape != null) {
      return shape;
    }
    boolean isTurned = makesPairs(opcode) && arePairs(right, left);
    throw new OperandException(
        "'"
            + Operation.scriptName(opcode)
            + "' needs equal shapes or a matching vector, but got "
            + left
            + " and "
            + right
            + (isTurned ? "; a column at the left and a row at the right make all pairs" : ""));
  }

  /**
   * As {@link #cellwise}, without complaint.
   *
   * @param opcode of the operation
   * @param left shape of the first operand
   * @param right shape of the second
   * @return null for shapes that do not fit
   */
  public static Shape cellwiseOrNull(String opcode, Shape left, Shape right) {
    if (left.equals(right) || fits(right, left)) {
      return left;
    }
    if (fits(left, right)) {
      return right;
    }
    return arePairs(left, right) && makesPairs(opcode)
        ? new Shape(left.rows(), right.cols())
        : null;
  }

  private static boolean fits(Shape small, Shape large) {
    return (small.rows() == large.rows() || small.rows() == 1)
        && (small.cols() == large.cols() || small.cols() == 1);
  }

  private static boolean arePairs(Shape column, Shape row) {
    return column.cols() == 1 && row.rows() == 1;
  }

  /** Whether a column and a row make all pairs: operators do, functions of one matrix do not. */
  private static boolean makesPairs(String opcode) {
    return !opcode.endsWith("_backward") && !opcode.equals("leaky_relu") && !opcode.equals("elu");
  }

  /**
   * Shape of a choice between operands: that of all matrices, but for single cells, which are taken
   * as numbers beside others.
   *
   * @param operands that may be pending
   * @return null for numbers alone, and for shapes that differ
   */
  public static Shape chosenOrNull(Value... operands) {
    Shape shape = null;
    for (Value operand : operands) {
      Shape each = of(operand);
      if (each == null || shape != null && each.isScalarLike()) {
        continue;
      }
      if (shape != null && !shape.isScalarLike() && !shape.equals(each)) {
        return null;
      }
      shape = each;
    }
    return shape;
  }
}
