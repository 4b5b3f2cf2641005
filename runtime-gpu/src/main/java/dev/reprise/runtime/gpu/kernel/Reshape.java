package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code matrix}: a number repeated, or the cells of a matrix in a new shape. */
record Reshape() implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (!CreateKernels.isExtent(inputs[1]) || !CreateKernels.isExtent(inputs[2])) {
      return false;
    }
    return inputs[0] instanceof DeviceMatrix data
        ? CellKernels.isNumber(inputs[3])
            && data.cells() == ((Scalar) inputs[1]).asLong() * ((Scalar) inputs[2]).asLong()
        : CellKernels.isNumber(inputs[0]);
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix out = call.result(call.scalar(1).asLong(), call.scalar(2).asLong());
    if (!call.isMatrix(0)) {
      double value = call.scalar(0).asDouble();
      call.run("choices/fill", out.cells(), out.buffer(), value, out.cells());
      return new DeviceOperand[] {out};
    }
    DeviceMatrix data = call.matrix(0);
    if (call.scalar(3).asBoolean()) {
      call.backend().copy(data.buffer(), 0, out.buffer(), 0, out.bytes());
    } else {
      call.run(
          "create/reshape_columns",
          out.cells(),
          out.buffer(),
          data.buffer(),
          data.rows(),
          data.cols(),
          out.rows(),
          out.cols(),
          out.cells());
    }
    return new DeviceOperand[] {out};
  }
}
