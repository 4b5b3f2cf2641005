package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code ifelse} over matrices of equal shape and numbers, also such as are matrices of one cell.
 * Everything but zero is true.
 */
record ChosenCells() implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    DeviceMatrix shaped = null;
    for (DeviceOperand input : inputs) {
      if (input instanceof DeviceMatrix matrix) {
        if (shaped != null && !isSingle(shaped) && !fits(matrix, shaped)) {
          return false;
        }
        shaped = shaped == null || isSingle(shaped) ? matrix : shaped;
      } else if (!CellKernels.isNumber(input)) {
        return false;
      }
    }
    return shaped != null;
  }

  private static boolean isSingle(DeviceMatrix matrix) {
    return matrix.rows() == 1 && matrix.cols() == 1;
  }

  private static boolean fits(DeviceMatrix matrix, DeviceMatrix shaped) {
    return isSingle(matrix) || matrix.shape().equals(shaped.shape());
  }

  /** A matrix of the result's shape. */
  private static DeviceMatrix shaped(KernelCall call) {
    DeviceMatrix shaped = null;
    for (int i = 0; i < call.operands(); i++) {
      if (call.isMatrix(i) && (shaped == null || isSingle(shaped))) {
        shaped = call.matrix(i);
      }
    }
    return shaped;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix shaped = shaped(call);
    DeviceMatrix out = call.result(shaped.rows(), shaped.cols());
    if (!call.isMatrix(0)) {
      copy(call, call.scalar(0).asDouble() != 0 ? 1 : 2, out);
      return new DeviceOperand[] {out};
    }
    String kernel =
        "choices/choose_" + (call.isMatrix(1) ? "m" : "s") + (call.isMatrix(2) ? "m" : "s");
    call.run(
        kernel,
        out.cells(),
        out.buffer(),
        argument(call, 0, out),
        argument(call, 1, out),
        argument(call, 2, out),
        out.cells());
    return new DeviceOperand[] {out};
  }

  private static void copy(KernelCall call, int choice, DeviceMatrix out) {
    if (!call.isMatrix(choice)) {
      call.run(
          "choices/fill", out.cells(), out.buffer(), call.scalar(choice).asDouble(), out.cells());
    } else if (call.matrix(choice).shape().equals(out.shape())) {
      call.backend().copy(call.matrix(choice).buffer(), 0, out.buffer(), 0, out.bytes());
    } else {
      BinaryCells.repeat(call, call.matrix(choice), out);
    }
  }

  /** A single cell that must not be waited for is repeated over the shape of the result. */
  private static Object argument(KernelCall call, int i, DeviceMatrix out) {
    if (!call.isMatrix(i)) {
      return call.scalar(i).asDouble();
    }
    DeviceMatrix matrix = call.matrix(i);
    if (matrix.shape().equals(out.shape())) {
      return matrix.buffer();
    }
    DeviceMatrix repeated =
        new DeviceMatrix(out.rows(), out.cols(), out.precision(), call.scratch(out.bytes()));
    BinaryCells.repeat(call, matrix, repeated);
    return repeated.buffer();
  }
}
