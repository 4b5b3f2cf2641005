package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;
import static dev.reprise.runtime.operation.OptimiserResults.STEP;

import java.util.List;

/**
 * Steps of optimisers: parameters and their gradient to updated parameters, and to updated averages
 * where there are some. Arguments are those of the layer library's {@code update} functions.
 */
final class OptimiserOperations {
  private OptimiserOperations() {}

  static List<Opcode.Builder> rows() {
    return List.of(
        step("sgd_update").in("lr").in("decay", 0.0),
        withAverage(step("momentum_update").in("lr", "mu", "v").in("decay", 0.0)),
        withAverage(step("nesterov_update").in("lr", "mu", "v").in("decay", 0.0)),
        withAverage(step("adagrad_update").in("lr", "epsilon", "cache")),
        withAverage(step("rmsprop_update").in("lr", "decay_rate", "epsilon", "cache")),
        withAverages(step("adam_update").in("lr", "beta1", "beta2", "epsilon", "t", "m", "v")),
        withAverages(
            step("adamw_update").in("lr", "beta1", "beta2", "epsilon", "lambda", "t", "m", "v")));
  }

  private static Opcode.Builder step(String name) {
    return row(name).in("X", "dX").returns(STEP);
  }

  private static Opcode.Builder withAverage(Opcode.Builder step) {
    return step.outputs(2).alsoReturns(STEP);
  }

  private static Opcode.Builder withAverages(Opcode.Builder step) {
    return step.outputs(3).alsoReturns(STEP, STEP);
  }
}
