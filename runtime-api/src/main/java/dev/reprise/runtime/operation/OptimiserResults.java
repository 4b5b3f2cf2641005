package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;

/** The result rule of steps of optimisers, and what it refuses on every device. */
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
            requireNumber(operation, i, number);
          }
        }
        return Meta.matrix(parameters);
      };

  /** True for parameters, their gradient, and what an optimiser keeps from step to step. */
  public static boolean isMatrix(Operation operation, int at) {
    return at < 2
        || switch (operation.opcode().parameters().get(at).name()) {
          case "m", "v", "cache" -> true;
          default -> false;
        };
  }

  /**
   * Refuses a number with which parameters would become NaN, in this step or some steps later: a
   * share of an average outside of what shares are, or a count that is none.
   */
  public static void requireNumber(Operation operation, int at, Scalar found) {
    double number = found.asDouble();
    switch (operation.opcode().parameters().get(at).name()) {
      case "t" ->
          require(
              number >= 0 && number == Math.rint(number),
              operation,
              "'t', the number of steps before this one, to be a whole number of at least 0",
              found);
      case "beta1" ->
          require(number >= 0 && number < 1, operation, "a 'beta1' from 0 to below 1", found);
      case "beta2" ->
          require(number >= 0 && number < 1, operation, "a 'beta2' from 0 to below 1", found);
      case "decay_rate" ->
          require(number >= 0 && number <= 1, operation, "a 'decay_rate' from 0 to 1", found);
      default -> {}
    }
  }

  private static void require(boolean fits, Operation operation, String wanted, Scalar found) {
    if (!fits) {
      throw new OperandException(
          "'" + operation.name() + "' needs " + wanted + ", but got " + found.asString());
    }
  }
}
