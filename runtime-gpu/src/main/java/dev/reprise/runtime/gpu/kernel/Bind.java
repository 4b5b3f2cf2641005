package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/**
 * Matrices side by side or one above the other, any number of them.
 *
 * @param columns true for side by side
 */
record Bind(boolean columns) implements DeviceKernel {
  @Override
  public boolean supports(Operation operation, DeviceOperand[] inputs) {
    if (inputs.length == 0 || !(inputs[0] instanceof DeviceMatrix first)) {
      return false;
    }
    for (DeviceOperand input : inputs) {
      if (!(input instanceof DeviceMatrix part)
          || (columns ? part.rows() != first.rows() : part.cols() != first.cols())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public DeviceOperand[] launch(KernelCall call) {
    long extent = 0;
    for (int i = 0; i < call.operands(); i++) {
      extent += columns ? call.matrix(i).cols() : call.matrix(i).rows();
    }
    DeviceMatrix first = call.matrix(0);
    DeviceMatrix out =
        columns ? call.result(first.rows(), extent) : call.result(extent, first.cols());
    long at = 0;
    for (int i = 0; i < call.operands(); i++) {
      DeviceMatrix part = call.matrix(i);
      Rectangle target = columns ? new Rectangle(out, 0, at) : new Rectangle(out, at, 0);
      Rectangle.all(part).copyTo(target, part.rows(), part.cols(), call);
      at += columns ? part.cols() : part.rows();
    }
    return new DeviceOperand[] {out};
  }
}
