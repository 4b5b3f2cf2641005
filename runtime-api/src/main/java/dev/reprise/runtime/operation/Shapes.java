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

  /** True for scalars and for pending values known to be scalars. */
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

  /** Rows and columns of a matrix or frame; null for scalars, lists and what is not known yet. */
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
   * Shape of an element-wise operation: equal shapes, or one operand a row vector, column vector or
   * 1x1 matrix that is repeated over the other.
   */
  public static Shape broadcast(String opcode, Shape left, Shape right) {
    if (left.equals(right)) {
      return left;
    }
    if (fits(right, left)) {
      return left;
    }
    if (fits(left, right)) {
      return right;
    }
    throw new OperandException(
        "'"
            + Operation.scriptName(opcode)
            + "' needs equal shapes or a matching vector, but got "
            + left
            + " and "
            + right);
  }

  private static boolean fits(Shape small, Shape large) {
    return (small.rows() == large.rows() || small.rows() == 1)
        && (small.cols() == large.cols() || small.cols() == 1);
  }
}
