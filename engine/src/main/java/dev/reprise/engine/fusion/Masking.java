package dev.reprise.engine.fusion;

import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Shapes;

/**
 * An operation over a compressed matrix, the mask, which it multiplies with what is made of dense
 * ones, or divides by that: its value needs their cells at the non-zeros of the mask alone, if what
 * lies beside them does not matter. That holds of the cells of a product, too.
 *
 * <pre>
 *   t = W %*% H        deferred ({@link ProductStep})
 *   u = t + 1e-8       deferred
 *   Q = X / u          X is compressed: it masks u, and so t
 * </pre>
 */
final class Masking {
  /** Cells from which on it pays where there is no product. */
  private static final long FEWEST_CELLS = 1 << 16;

  private Masking() {}

  /** Whether an operation over operands of which some are deferred is one. */
  static boolean is(FusableStep step, Value[] operands) {
    return maskOf(step, operands) >= 0;
  }

  /** Which operand is the mask; negative for none. */
  static int maskOf(FusableStep step, Value[] operands) {
    if (step.fusable().opcode().equals("/")) {
      return masks(operands[0], operands[1]) ? 0 : -1;
    }
    if (!step.fusable().opcode().equals("*")) {
      return -1;
    }
    return masks(operands[0], operands[1]) ? 0 : masks(operands[1], operands[0]) ? 1 : -1;
  }

  private static boolean masks(Value mask, Value other) {
    return other instanceof Deferred deferred
        && deferred.products <= 1
        && (deferred.products > 0 || deferred.shape().cells() >= FEWEST_CELLS)
        && isMask(mask, deferred.shape());
  }

  /** Whether a value is a compressed matrix of doubles, of a shape; wherever it is by now. */
  private static boolean isMask(Value value, Shape shape) {
    return value instanceof ManagedMatrix matrix
        && matrix.isCompressed()
        && matrix.precision() == Precision.FP64
        && matrix.shape().equals(shape);
  }

  /** Whether a value may mask what is to be made of a product of a shape. */
  static boolean mayMask(Value value, Shape shape) {
    Value found = finished(value);
    return isMask(found, shape) && isThere(found);
  }

  /** The value of an operand as loops over cells of a mask take it; null if they do not. */
  static Value operandOrNull(Value value) {
    Value found = finished(value);
    boolean fits =
        found instanceof Deferred
            || Scalar.isNumber(found)
            || found instanceof MatrixValue && isThere(found);
    return fits ? found : null;
  }

  /** Whether a value is a matrix of doubles that the processor may read. */
  static boolean isThere(Value value) {
    if (value instanceof ManagedMatrix matrix) {
      return matrix.precision() == Precision.FP64 && DeferrableStep.isForProcessor(matrix);
    }
    return value instanceof RowsView view
        && view.precision() == Precision.FP64
        && DeferrableStep.isForProcessor(view.source());
  }

  /** The value, also where a handle has it by now; null where it is still to come. */
  static Value finished(Value value) {
    return value instanceof Handle handle ? handle.isDone() ? handle.valueOrNull() : null : value;
  }

  /**
   * Whether operands, made of one product at most, have cells for each cell of the result: what was
   * deferred and what is compressed as many, others may be vectors or single numbers.
   */
  static boolean fit(FusableStep step, Value[] operands) {
    Shape shape = FusedShape.of(step.fusable().opcode(), operands);
    if (shape == null || Deferred.productsIn(operands) > 1) {
      return false;
    }
    for (Value operand : operands) {
      boolean isWhole = operand instanceof Deferred || isCompressed(operand);
      if (isWhole && !shape.equals(Shapes.of(operand))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCompressed(Value value) {
    return value instanceof ManagedMatrix matrix && matrix.isCompressed();
  }
}
