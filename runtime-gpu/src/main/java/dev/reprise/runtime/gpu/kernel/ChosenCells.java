package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code ifelse} over matrices of equal shape and numbers. Everything but zero is true. */
record ChosenCells() implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    DeviceMatrix shaped = null;
    for (DeviceOperand input : inputs) {
      if (input instanceof DeviceMatrix matrix) {
        if (shaped != null && !shaped.shape().equals(matrix.shape())) {
          return false;
        }
        shaped = matrix;
      } else if (!CellKernels.isNumber(input)) {
        return false;
      }
    }
    return shaped != null;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix shaped = call.matrix(call.isMatrix(0) ? 0 : call.isMatrix(1) ? 1 : 2);
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
        shaped.buffer(),
        argument(call, 1),
        argument(call, 2),
        out.cells());
    return new DeviceOperand[] {out};
  }

  private static void copy(KernelCall call, int choice, DeviceMatrix out) {
    if (call.isMatrix(choice)) {
      call.backend().copy(call.matrix(choice).buffer(), 0, out.buffer(), 0, out.bytes());
    } else {
      call.run(
          "choices/fill", out.cells(), out.buffer(), call.scalar(choice).asDouble(), out.cells());
    }
  }

  private static Object argument(KernelCall call, int i) {
    return call.isMatrix(i) ? call.matrix(i).buffer() : (Object) call.scalar(i).asDouble();
  }
}
