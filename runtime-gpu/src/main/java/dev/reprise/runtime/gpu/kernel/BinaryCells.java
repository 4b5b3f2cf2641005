package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Shapes;

/**
 * Two operands cell by cell. Either may be a number; of two matrices one may be a row, a column or
 * a single cell, which is repeated over the other, and a column with a row makes all pairs.
 */
record BinaryCells(String opcode, String kernel) implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (inputs[0] instanceof DeviceMatrix x) {
      return inputs[1] instanceof DeviceMatrix y
          ? Shapes.cellwiseOrNull(opcode, x.shape(), y.shape()) != null
          : CellKernels.isNumber(inputs[1]);
    }
    return CellKernels.isNumber(inputs[0]) && inputs[1] instanceof DeviceMatrix;
  }

  @Override
  public boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
    return CompressedCells.keepsZero(opcode, inputs[0], inputs[1])
        || CompressedCells.fills(opcode, inputs[0], inputs[1]);
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    if (CompressedCells.keepsZero(opcode, call.operand(0), call.operand(1))) {
      return compressed(call);
    }
    if (call.operand(0) instanceof Scalar x) {
      return numberMatrix(call, x.asDouble(), Compressed.dense(call, 1));
    }
    return call.operand(1) instanceof Scalar y
        ? matrixNumber(call, Compressed.dense(call, 0), y.asDouble())
        : matrices(call, Compressed.dense(call, 0), Compressed.dense(call, 1));
  }

  private DeviceOperand[] compressed(KernelCall call) {
    if (call.isSparse(1)) {
      double number = call.scalar(0).asDouble();
      return CompressedCells.mapped(
          call,
          call.sparse(1),
          (out, values, count) -> call.run(kernel + "_sm", count, out, number, values, count));
    }
    double number = call.scalar(1).asDouble();
    if (opcode.equals("^") && number == 2) {
      return CompressedCells.mapped(
          call,
          call.sparse(0),
          (out, values, count) -> call.run("unary/square_m", count, out, values, count));
    }
    return CompressedCells.mapped(
        call,
        call.sparse(0),
        (out, values, count) -> call.run(kernel + "_ms", count, out, values, number, count));
  }

  private DeviceOperand[] numberMatrix(KernelCall call, double x, DeviceMatrix y) {
    DeviceMatrix out = call.result(y.rows(), y.cols());
    call.run(kernel + "_sm", out.cells(), out.buffer(), x, y.buffer(), out.cells());
    return new DeviceOperand[] {out};
  }

  private DeviceOperand[] matrixNumber(KernelCall call, DeviceMatrix x, double y) {
    if (opcode.equals("^") && y == 2) {
      return new UnaryCells("^", "unary/square").launch(call);
    }
    DeviceMatrix out = call.result(x.rows(), x.cols());
    call.run(kernel + "_ms", out.cells(), out.buffer(), x.buffer(), y, out.cells());
    return new DeviceOperand[] {out};
  }

  private DeviceOperand[] matrices(KernelCall call, DeviceMatrix x, DeviceMatrix y) {
    if (!x.shape().equals(y.shape())) {
      Shape shape = Shapes.cellwise(opcode, x.shape(), y.shape());
      return repeated(call, kernel, x, y, shape.rows(), shape.cols());
    }
    DeviceMatrix out = call.result(x.rows(), x.cols());
    call.run(kernel + "_mm", out.cells(), out.buffer(), x.buffer(), y.buffer(), out.cells());
    return new DeviceOperand[] {out};
  }

  /** The result of matrices whose single rows and columns are repeated. */
  static DeviceOperand[] repeated(
      KernelCall call, String kernel, DeviceMatrix x, DeviceMatrix y, long rows, long cols) {
    DeviceMatrix out = call.result(rows, cols);
    fill(call, kernel, x, y, out);
    return new DeviceOperand[] {out};
  }

  /** Repeats a row, a column or a single cell over a matrix: the smaller of it and itself. */
  static void repeat(KernelCall call, DeviceMatrix vector, DeviceMatrix out) {
    fill(call, CellKernels.binary("pmin"), vector, vector, out);
  }

  private static void fill(
      KernelCall call, String kernel, DeviceMatrix x, DeviceMatrix y, DeviceMatrix out) {
    call.run(
        kernel + "_bc",
        out.cells(),
        out.buffer(),
        x.buffer(),
        rowStep(x),
        colStep(x),
        y.buffer(),
        rowStep(y),
        colStep(y),
        out.cells(),
        out.cols());
  }

  private static long rowStep(DeviceMatrix matrix) {
    return matrix.rows() == 1 ? 0 : matrix.cols();
  }

  private static long colStep(DeviceMatrix matrix) {
    return matrix.cols() == 1 ? 0 : 1;
  }
}
