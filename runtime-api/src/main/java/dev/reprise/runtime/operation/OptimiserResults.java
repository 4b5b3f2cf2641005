package dev.reprise.runtime.operation;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;

/** The result rule of steps of optimisers, and which of their operands are matrices. */
public final class OptimiserResults {
  private OptimiserResults() {}

  /**
   * The shape of the parameters, which is that of their gradient and of all averages. Operands are
   * checked in their order, as kernels do, up to the first one that is not known yet.
   */
  static final ResultRule STEP =
      (operation, inputs) -> {
        Shape parameters = Shapes.of(inputs[0]);
        if (parameters == null) {
          return null;
        }
        for (int i = 1; i < inputs.length; i++) {
          if (isMatrix(operation, i)) {
            Shape shape = Shapes.of(inputs[i]);
            if (shape == null) {
              break;
            }
            LayerResults.requireEqual(operation, i, shape, parameters);
          } else {
            if (!(inputs[i] instanceof Scalar number) || number.isAbsent()) {
              break;
            }
            Hyperparameters.require(operation, i, number);
          }
        }
        return Meta.matrix(parameters);
      };

  /**
   * Whether an operand of an optimiser is a matrix.
   *
   * @param operation a step of an optimiser
   * @param at position of the operand
   * @return true for parameters, their gradient, and what an optimiser keeps from step to step
   */
  public static boolean isMatrix(Operation operation, int at) {
    return at < 2
        || switch (operation.opcode().parameters().get(at).name()) {
          case "m", "v", "cache" -> true;
          default -> false;
        };
  }
}
