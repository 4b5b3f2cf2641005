package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;

/** Rows, result and work rules of attention. */
public final class AttentionResults {
  private static final double FLOPS_PER_NANO = 20;

  /** exp of a score. */
  private static final double NANOS_PER_SCORE = 5;

  private AttentionResults() {}

  /** The shape of the result; refuses operands that do not fit. */
  static final ResultRule OUTPUT =
      (operation, inputs) -> {
        AttentionShape shape = shape(operation, inputs, 0, 3);
        return shape == null ? null : Meta.matrix(shape.result());
      };

  /** The shape of the logarithms of the sums of powers. */
  static final ResultRule LOGARITHMS =
      (operation, inputs) -> {
        AttentionShape shape = shape(operation, inputs, 0, 3);
        return shape == null ? null : Meta.matrix(shape.logarithms());
      };

  /** The shape of the gradient of the queries; refuses operands that do not fit. */
  static final ResultRule GRADIENT =
      (operation, inputs) -> {
        AttentionShape shape = shape(operation, inputs, 1, 6);
        if (shape == null) {
          return null;
        }
        Shape[] found = {Shapes.of(inputs[0]), Shapes.of(inputs[4]), Shapes.of(inputs[5])};
        for (Shape each : found) {
          if (each == null) {
            return null;
          }
        }
        requireGradients(operation.name(), shape, found[0], found[1], found[2]);
        return Meta.matrix(Shapes.of(inputs[1]));
      };

  /**
   * Refuses gradients and results of another shape than the result has.
   *
   * @param opcode named by the message
   * @param shape sizes of the attention
   * @param dout shape of the gradient of the result
   * @param out shape of the result
   * @param logsum shape of the logarithms of sums
   * @throws OperandException when one does not fit
   */
  public static void requireGradients(
      String opcode, AttentionShape shape, Shape dout, Shape out, Shape logsum) {
    require(opcode, "dout", dout, shape.result());
    require(opcode, "out", out, shape.result());
    require(opcode, "logsum", logsum, shape.logarithms());
  }

  private static void require(String opcode, String name, Shape found, Shape wanted) {
    if (!found.equals(wanted)) {
      throw new OperandException(
          "'" + opcode + "' needs '" + name + "' of shape " + wanted + ", but got " + found);
    }
  }

  /**
   * Two products with every pair of a query and a key, and a power; five for the gradients.
   *
   * @param first the position of the queries
   * @param numbers the position of width, heads and causal
   */
  static WorkRule work(int first, int numbers, int products) {
    return (operation, inputs) -> {
      AttentionShape shape = shape(operation, inputs, first, numbers);
      if (shape == null) {
        return Work.CELLS.nanos(operation, inputs);
      }
      double scores = (double) shape.sequences() * shape.heads() * shape.queries() * shape.keys();
      double widths = shape.width() + shape.valueWidth();
      return scores * (products * widths / FLOPS_PER_NANO + NANOS_PER_SCORE);
    };
  }

  private static AttentionShape shape(Operation operation, Value[] inputs, int first, int numbers) {
    Shape queries = Shapes.of(inputs[first]);
    Shape keys = Shapes.of(inputs[first + 1]);
    Shape values = Shapes.of(inputs[first + 2]);
    if (queries == null
        || keys == null
        || values == null
        || !(inputs[numbers] instanceof Scalar width)
        || !(inputs[numbers + 1] instanceof Scalar heads)
        || !(inputs[numbers + 2] instanceof Scalar causal)
        || width.isAbsent()
        || heads.isAbsent()
        || causal.isAbsent()) {
      return null;
    }
    return AttentionShape.of(
        operation.name(),
        queries,
        keys,
        values,
        width.asDouble(),
        heads.asDouble(),
        causal.asBoolean());
  }
}
