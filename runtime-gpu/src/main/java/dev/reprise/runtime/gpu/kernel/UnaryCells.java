package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** A function of every cell. */
record UnaryCells(String kernel) implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    DeviceMatrix out = call.result(x.rows(), x.cols());
    call.run(kernel + "_m", out.cells(), out.buffer(), x.buffer(), out.cells());
    return new DeviceOperand[] {out};
  }
}
