package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code lower.tri} and {@code upper.tri}: ones, or the matrix's own values, on one side of the
 * diagonal.
 */
record TriangleCells(boolean isLower) implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix
        && CellKernels.isNumber(inputs[1])
        && CellKernels.isNumber(inputs[2]);
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    boolean withDiagonal = call.scalar(1).asBoolean();
    boolean keepsValues = call.scalar(2).asBoolean();
    DeviceMatrix out = call.result(x.rows(), x.cols());
    call.run(
        "choices/triangle",
        out.cells(),
        out.buffer(),
        x.buffer(),
        isLower ? 1 : -1,
        withDiagonal ? 1 : 0,
        keepsValues ? 1 : 0,
        out.cells(),
        out.cols());
    return new DeviceOperand[] {out};
  }
}
