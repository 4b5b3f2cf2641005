package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import dev.reprise.runtime.operation.Hyperparameters;
import dev.reprise.runtime.operation.Operation;

/** {@code layer_norm} and its gradient. */
final class LayerNormalisation {
  private LayerNormalisation() {}

  private static boolean is(DeviceOperand operand, long rows, long cols) {
    return operand instanceof DeviceMatrix x && x.rows() == rows && x.cols() == cols;
  }

  /** [out, cache_norm, cache_inv_var]. */
  record Forward() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x
          && is(inputs[1], 1, x.cols())
          && is(inputs[2], 1, x.cols())
          && CellKernels.isNumber(inputs[3]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      Hyperparameters.require(call.operation(), 3, call.scalar(3));
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), x.cols());
      DeviceMatrix norm = call.result(x.rows(), x.cols());
      DeviceMatrix inverse = call.result(x.rows(), 1);
      RowLanes.run(
          call,
          "layernorm/normalise",
          x.rows(),
          x.cols(),
          out.buffer(),
          norm.buffer(),
          inverse.buffer(),
          x.buffer(),
          call.matrix(1).buffer(),
          call.matrix(2).buffer(),
          call.scalar(3).asDouble());
      return new DeviceOperand[] {out, norm, inverse};
    }
  }

  /** [dX, dgamma, dbeta]. */
  record Gradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix dout
          && is(inputs[1], dout.rows(), dout.cols())
          && is(inputs[2], dout.rows(), 1)
          && is(inputs[3], 1, dout.cols());
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix dout = call.matrix(0);
      long rows = dout.rows();
      long cols = dout.cols();
      DeviceMatrix dx = call.result(rows, cols);
      DeviceBuffer products = call.scratch(dout.bytes());
      RowLanes.run(
          call,
          "layernorm/gradient",
          rows,
          cols,
          dx.buffer(),
          products,
          dout.buffer(),
          call.matrix(1).buffer(),
          call.matrix(2).buffer(),
          call.matrix(3).buffer());
      DeviceMatrix dgamma = call.result(1, cols);
      DeviceMatrix dbeta = call.result(1, cols);
      Target gammas = new Target(dgamma.buffer(), false);
      Target betas = new Target(dbeta.buffer(), false);
      Fold.SUM.columns(call, FoldSource.of(products), rows, cols, null, gammas);
      Fold.SUM.columns(call, FoldSource.of(dout.buffer()), rows, cols, null, betas);
      return new DeviceOperand[] {dx, dgamma, dbeta};
    }
  }
}
