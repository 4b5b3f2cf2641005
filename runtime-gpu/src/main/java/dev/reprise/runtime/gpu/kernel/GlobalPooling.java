package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** A number of each channel of each image, and its gradient: rows whose cells are a channel's. */
final class GlobalPooling {
  private GlobalPooling() {}

  static void register(DeviceKernels.Builder kernels) {
    kernels.add("global_avg_pool", new Forward("planes/average"));
    kernels.add("global_max_pool", new Forward("planes/largest"));
    kernels.add("global_avg_pool_backward", new AverageGradient());
    kernels.add("global_max_pool_backward", new LargestGradient());
  }

  private record Forward(String kernel) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x
          && inputs[1] instanceof Scalar
          && Bounds.isWhole(inputs[1])
          && ((Scalar) inputs[1]).asLong() > 0
          && x.cols() % ((Scalar) inputs[1]).asLong() == 0;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), call.scalar(1).asLong());
      long cells = x.cols() / out.cols();
      RowLanes.run(call, kernel, out.cells(), cells, out.buffer(), x.buffer());
      return new DeviceOperand[] {out};
    }
  }

  private static boolean areGradients(DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix x
        && inputs[1] instanceof DeviceMatrix dout
        && x.rows() == dout.rows()
        && x.cols() % dout.cols() == 0;
  }

  private record AverageGradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return areGradients(inputs);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix dout = call.matrix(1);
      DeviceMatrix dx = call.result(call.matrix(0).rows(), call.matrix(0).cols());
      long cells = dx.cols() / dout.cols();
      call.run(
          "planes/average_gradient", dx.cells(), dx.buffer(), dout.buffer(), dout.cells(), cells);
      return new DeviceOperand[] {dx};
    }
  }

  private record LargestGradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return areGradients(inputs)
          && ((DeviceMatrix) inputs[0]).cols() / ((DeviceMatrix) inputs[1]).cols()
              <= Integer.MAX_VALUE;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix dout = call.matrix(1);
      DeviceMatrix dx = call.result(x.rows(), x.cols());
      long cells = x.cols() / dout.cols();
      RowLanes.run(
          call,
          "planes/largest_gradient",
          dout.cells(),
          cells,
          dx.buffer(),
          x.buffer(),
          dout.buffer());
      return new DeviceOperand[] {dx};
    }
  }
}
