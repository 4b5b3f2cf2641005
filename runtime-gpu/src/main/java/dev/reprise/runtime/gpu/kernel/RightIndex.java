package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** {@code X[rl:ru, cl:cu]}. */
record RightIndex() implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix x
        && Bounds.of(inputs[1], inputs[2], x.rows()) != null
        && Bounds.of(inputs[3], inputs[4], x.cols()) != null;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    DeviceMatrix x = call.matrix(0);
    Bounds rows = Bounds.of(call.operand(1), call.operand(2), x.rows());
    Bounds cols = Bounds.of(call.operand(3), call.operand(4), x.cols());
    DeviceMatrix out = call.result(rows.size(), cols.size());
    new Rectangle(x, rows.from(), cols.from())
        .copyTo(Rectangle.all(out), rows.size(), cols.size(), call);
    return new DeviceOperand[] {out};
  }
}
