package dev.reprise.testkit;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.Set;

/** What a {@link FakeAccelerator} says it can do. */
final class FakeOperations {
  private static final Set<String> SUPPORTED =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "^",
          ">",
          "<",
          "==",
          "exp",
          "sqrt",
          "abs",
          "matmul",
          "tsmm",
          "mmchain",
          "t",
          "sum",
          "mean",
          "max",
          "min",
          "rowSums",
          "colSums",
          "colMeans",
          "cbind",
          "rbind",
          "rightIndex",
          "leftIndex",
          "rand",
          "matrix",
          "solve",
          "seq",
          "diag");

  /** Those that take compressed matrices among their operands. */
  private static final Set<String> PRODUCTS = Set.of("matmul", "tsmm");

  /** Those that take a number from memory beside a matrix. */
  private static final Set<String> CELLWISE = Set.of("+", "-", "*", "/", ">", "<", "==");

  /** What makes matrices from numbers alone. */
  private static final Set<String> MAKING = Set.of("rand", "matrix", "seq");

  private FakeOperations() {}

  /** Whether it has a kernel for an operation and such operands. */
  static boolean areKnown(Operation operation, DeviceOperand[] described) {
    for (DeviceOperand operand : described) {
      if (operand instanceof DeviceMatrix matrix
          && (matrix.cells() == 0 || matrix.precision() != operation.precision())) {
        return false;
      }
      if (operand instanceof DeviceSparse matrix
          && (!PRODUCTS.contains(operation.name())
              || matrix.precision() != operation.precision())) {
        return false;
      }
      if (operand instanceof DeviceNumber && !CELLWISE.contains(operation.name())) {
        return false;
      }
    }
    boolean hasMatrix = Arrays.stream(described).anyMatch(FakeOperations::isMatrix);
    return SUPPORTED.contains(operation.name()) && (hasMatrix || MAKING.contains(operation.name()));
  }

  /** Whether it has one for a fused loop over such leaves. */
  static boolean areKnown(
      CellExpression expression, Precision precision, DeviceOperand[] described) {
    String aggregate = expression.aggregateOrNull();
    return expression.nodes().stream().allMatch(node -> SUPPORTED.contains(node.opcode()))
        && (aggregate == null || SUPPORTED.contains(aggregate))
        && Arrays.stream(described)
            .allMatch(leaf -> !(leaf instanceof DeviceMatrix m) || m.precision() == precision);
  }

  private static boolean isMatrix(DeviceOperand operand) {
    return operand instanceof DeviceMatrix || operand instanceof DeviceSparse;
  }
}
