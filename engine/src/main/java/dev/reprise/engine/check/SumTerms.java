package dev.reprise.engine.check;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.Set;

/**
 * How large the terms of a sum are: the same sum of absolute values. Terms of opposite signs leave
 * little of it, such as the sums of columns that were moved to mean 0, and what is left is rounding
 * in any order of additions. Stateless.
 */
final class SumTerms {
  private static final Set<String> SUMS =
      Set.of(
          "sum", "mean", "rowSums", "colSums", "rowMeans", "colMeans", "matmul", "tsmm", "mmchain");

  private SumTerms() {}

  /** Whether the results of an operation are sums of its operands' cells or of their products. */
  static boolean isSum(Operation operation) {
    return SUMS.contains(operation.name());
  }

  /**
   * The largest sum of absolute values among those that make up a result. Takes a pass over the
   * inputs, memory of their size, and the time of the operation.
   *
   * @param inputs complete; borrowed
   */
  static double largest(
      Operation operation, Value[] inputs, ExecutionContext context, ComparedKernels kernels) {
    Operation absolute =
        new Operation(OperationTable.standard().get("abs")).withPrecision(operation.precision());
    Value[] sizes = inputs.clone();
    try {
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i] instanceof MatrixValue) {
          sizes[i] = kernels.run(absolute, new Value[] {inputs[i]}, context);
        }
      }
      Value sums = kernels.run(operation, sizes, context);
      try {
        return kernels.inTurn(() -> ValueComparison.largest(sums));
      } finally {
        sums.release();
      }
    } finally {
      for (int i = 0; i < inputs.length; i++) {
        if (sizes[i] != inputs[i]) {
          sizes[i].release();
        }
      }
    }
  }
}
