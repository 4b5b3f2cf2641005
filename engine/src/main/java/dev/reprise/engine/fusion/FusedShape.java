package dev.reprise.engine.fusion;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Shapes;

/** The shape of the cells that an element-wise operation makes. */
final class FusedShape {
  private FusedShape() {}

  /** The common shape of the result; null for scalars alone and what does not fit. */
  static Shape of(String opcode, Value[] operands) {
    if (operands.length != 2) {
      return Shapes.chosenOrNull(operands);
    }
    Shape left = Shapes.of(operands[0]);
    Shape right = Shapes.of(operands[1]);
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return Shapes.cellwiseOrNull(opcode, left, right);
  }
}
