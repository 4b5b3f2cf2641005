package dev.reprise.runtime.cpu.distribution;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.util.function.DoubleUnaryOperator;

/** Applies a function to the first operand: to a scalar, or to every cell of a matrix. */
final class CellFunction {
  private CellFunction() {}

  /** NaN stays NaN without asking the function. */
  static Operand[] apply(
      Operation operation,
      Operand[] inputs,
      DoubleUnaryOperator function,
      ExecutionContext context) {
    if (inputs[0] instanceof Scalar) {
      double value = Arguments.number(operation, inputs, 0);
      return new Operand[] {Scalar.of(Double.isNaN(value) ? value : function.applyAsDouble(value))};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), x.cols());
      for (long i = 0; i < x.cells(); i++) {
        double value = x.segment().getAtIndex(JAVA_DOUBLE, i);
        out.segment()
            .setAtIndex(
                JAVA_DOUBLE, i, Double.isNaN(value) ? value : function.applyAsDouble(value));
      }
      return new Operand[] {scratch.keep(out)};
    }
  }
}
