package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;

/** The numbers that somebody chooses for layers and optimisers: those that make no sense. */
public final class Hyperparameters {
  private Hyperparameters() {}

  /**
   * Refuses a number with which outputs or parameters would become NaN, at once or some steps
   * later: a share of an average outside of what shares are, something below 0 that is added to a
   * variance or a root, a count that is none, or a step that is not finite. Operands of other names
   * may be any number.
   *
   * @param operation of a layer or optimiser
   * @param at position of the parameter
   * @param found what is given for it
   * @throws OperandException when the number makes no sense
   */
  public static void require(Operation operation, int at, Scalar found) {
    double number = found.asDouble();
    switch (operation.opcode().parameters().get(at).name()) {
      case "lr", "decay", "lambda" -> requireFinite(operation, at, number, found);
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
      case "mu" -> require(number >= 0 && number <= 1, operation, "a 'mu' from 0 to 1", found);
      case "epsilon" -> require(number >= 0, operation, "an 'epsilon' of at least 0", found);
      default -> {}
    }
  }

  private static void requireFinite(Operation operation, int at, double number, Scalar found) {
    String name = operation.opcode().parameters().get(at).name();
    require(Double.isFinite(number), operation, "a finite '" + name + "'", found);
  }

  private static void require(boolean fits, Operation operation, String wanted, Scalar found) {
    if (!fits) {
      throw new OperandException(
          "'" + operation.name() + "' needs " + wanted + ", but got " + found.asString());
    }
  }
}
