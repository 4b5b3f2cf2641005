package dev.reprise.engine.fusion;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Shapes;

/** The shape of the cells that an element-wise operation makes. */
final class FusedShape {
  private FusedShape() {}

  /** The common shape of the result; null for scalars alone and what does not fit. */
  static Shape of(Value[] operands) {
    Shape shape = null;
    for (Value operand : operands) {
      Shape other = Shapes.of(operand);
      if (shape == null) {
        shape = other;
      } else if (other != null && !other.equals(shape)) {
        if (operands.length != 2) {
          return null;
        }
        shape = broadcastOrNull(shape, other);
      }
    }
    return shape;
  }

  private static Shape broadcastOrNull(Shape left, Shape right) {
    return repeats(right, left) ? left : repeats(left, right) ? right : null;
  }

  private static boolean repeats(Shape small, Shape large) {
    return (small.rows() == large.rows() || small.rows() == 1)
        && (small.cols() == large.cols() || small.cols() == 1);
  }
}
