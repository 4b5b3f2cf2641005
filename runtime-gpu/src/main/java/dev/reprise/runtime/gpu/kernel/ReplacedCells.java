package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code replace}: a number wherever another one stands, which may be NaN. */
record ReplacedCells() implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix
        && CellKernels.isNumber(inputs[1])
        && CellKernels.isNumber(inputs[2]);
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    DeviceMatrix out = call.result(x.rows(), x.cols());
    call.run(
        "choices/replace_value",
        out.cells(),
        out.buffer(),
        x.buffer(),
        call.scalar(1).asDouble(),
        call.scalar(2).asDouble(),
        out.cells());
    return new DeviceOperand[] {out};
  }
}
