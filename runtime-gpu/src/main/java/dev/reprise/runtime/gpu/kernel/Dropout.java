package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code dropout} and its gradient, which keep the same cells as the processor does.
 *
 * @param givesSeed whether the seed is a second result
 */
record Dropout(boolean givesSeed) implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix
        && CellKernels.isNumber(inputs[1])
        && CellKernels.isNumber(inputs[2])
        && ((Scalar) inputs[1]).asDouble() > 0
        && ((Scalar) inputs[1]).asDouble() <= 1
        && ((Scalar) inputs[2]).fitsLong()
        && (givesSeed || ((Scalar) inputs[2]).asLong() >= 0);
  }

  @Override
  public boolean needsDoubles() {
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    DeviceMatrix out = call.result(x.rows(), x.cols());
    long seed = call.scalar(2).asLong();
    double share = call.scalar(1).asDouble();
    long n = x.cells();
    call.run("random/dropout", (n + 1) / 2, out.buffer(), x.buffer(), share, seed, n);
    return givesSeed ? new DeviceOperand[] {out, Scalar.of(seed)} : new DeviceOperand[] {out};
  }
}
