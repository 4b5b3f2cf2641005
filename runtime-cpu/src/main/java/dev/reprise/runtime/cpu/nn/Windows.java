package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;

/** Reads the operands of convolutions and poolings. */
final class Windows {
  private Windows() {}

  /** The shape that the operands after the first {@code matrices} describe. */
  static WindowShape shape(Operation operation, Operand[] inputs, int matrices) {
    double[] numbers = new double[inputs.length - matrices];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Arguments.number(operation, inputs, matrices + i);
    }
    return WindowShape.of(operation.name(), numbers);
  }

  /** The operand as images: one row each. */
  static DenseMatrix images(
      Operation operation, Operand[] inputs, int at, WindowShape shape, Precision precision) {
    return matrix(operation, inputs, at, precision, shape.images(), shape.inputCols());
  }

  /** The operand as outputs, or gradients of them: one row per image. */
  static DenseMatrix outputs(
      Operation operation, Operand[] inputs, int at, WindowShape shape, Precision precision) {
    return matrix(operation, inputs, at, precision, shape.images(), shape.outputCols());
  }

  /** The operand as filters: one row each. */
  static DenseMatrix filters(
      Operation operation, Operand[] inputs, int at, WindowShape shape, Precision precision) {
    return matrix(operation, inputs, at, precision, shape.filters(), shape.patchCells());
  }

  private static DenseMatrix matrix(
      Operation operation, Operand[] inputs, int at, Precision precision, long rows, long cols) {
    DenseMatrix matrix = Arguments.matrix(operation, inputs, at, precision);
    if (matrix.rows() != rows || matrix.cols() != cols) {
      throw Arguments.wrongShape(
          operation, at, rows + "x" + cols + ", as the sizes of the call say", matrix);
    }
    return matrix;
  }
}
