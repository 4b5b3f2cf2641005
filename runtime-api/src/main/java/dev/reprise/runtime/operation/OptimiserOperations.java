package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.List;

/**
 * Steps of optimisers: parameters and their gradient to updated parameters, and to updated averages
 * where there are some. Arguments are those of the layer library's {@code update} functions.
 */
final class OptimiserOperations {
  private OptimiserOperations() {}

  static List<Opcode> rows() {
    return List.of(
            step("sgd_update").in("lr").in("decay", 0.0),
            step("momentum_update").in("lr", "mu", "v").in("decay", 0.0).outputs(2),
            step("nesterov_update").in("lr", "mu", "v").in("decay", 0.0).outputs(2),
            step("adagrad_update").in("lr", "epsilon", "cache").outputs(2),
            step("rmsprop_update").in("lr", "decay_rate", "epsilon", "cache").outputs(2),
            step("adam_update").in("lr", "beta1", "beta2", "epsilon", "t", "m", "v").outputs(3),
            step("adamw_update")
                .in("lr", "beta1", "beta2", "epsilon", "lambda", "t", "m", "v")
                .outputs(3))
        .stream()
        .map(row ->
            row.returns(OptimiserResults.STEP)
                .alsoReturns(OptimiserResults.STEP, OptimiserResults.STEP)
                .build())
        .toList();
  }

  private static Opcode.Builder step(String name) {
    return row(name).in("X", "dX");
  }
}
