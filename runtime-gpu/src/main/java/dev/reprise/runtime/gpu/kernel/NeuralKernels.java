package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;

/** Convolutions, poolings, numbers per channel and their normalisation. */
public final class NeuralKernels {
  private NeuralKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    Convolution.register(kernels, ConvolutionWay::of);
    kernels.add("max_pool", new Pooling("pooling/max_pool"));
    kernels.add("avg_pool", new Pooling("pooling/avg_pool"));
    kernels.add("max_pool_backward", new PoolingGradient(true));
    kernels.add("avg_pool_backward", new PoolingGradient(false));
    GlobalPooling.register(kernels);
    kernels.add("bias_add", new Bias("pooling/bias_add"));
    kernels.add("bias_multiply", new Bias("pooling/bias_multiply"));
    kernels.add("batch_norm2d", new BatchNormalisation.Forward());
    kernels.add("batch_norm2d_backward", new BatchNormalisation.Gradient());
  }

  private record Pooling(String kernel) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 1);
      return shape != null && Windows.areImages(inputs[0], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape shape = Windows.shape(call.operation(), call.allOperands(), 1);
      DeviceMatrix out = call.result(shape.images(), shape.outputCols());
      long planes = shape.images() * shape.channels();
      Object[] arguments = Windows.arguments(shape, out.buffer(), call.matrix(0).buffer(), planes);
      call.run(kernel, out.cells(), arguments);
      return new DeviceOperand[] {out};
    }
  }

  /**
   * The images' gradient, cell by cell from the windows that see it.
   *
   * @param largest whether it goes to each window's largest cell, or is spread evenly
   */
  private record PoolingGradient(boolean largest) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      WindowShape shape = Windows.shape(operation, inputs, 2);
      return shape != null
          && Windows.areImages(inputs[0], shape)
          && Windows.areOutputs(inputs[1], shape);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      WindowShape shape = Windows.shape(call.operation(), call.allOperands(), 2);
      DeviceMatrix dout = call.matrix(1);
      DeviceMatrix dx = call.result(shape.images(), shape.inputCols());
      long planes = shape.images() * shape.channels();
      if (largest) {
        DeviceBuffer places = call.scratch(dout.cells() * Integer.BYTES);
        call.run(
            "pooling/largest",
            dout.cells(),
            Windows.arguments(shape, places, call.matrix(0).buffer(), planes));
        call.run(
            "pooling/max_pool_gradient",
            dx.cells(),
            Windows.arguments(shape, dx.buffer(), places, dout.buffer(), planes));
      } else {
        call.run(
            "pooling/avg_pool_gradient",
            dx.cells(),
            Windows.arguments(shape, dx.buffer(), dout.buffer(), planes));
      }
      return new DeviceOperand[] {dx};
    }
  }

  /** One number per channel, with all cells of that channel. */
  private record Bias(String kernel) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x
          && inputs[1] instanceof DeviceMatrix bias
          && bias.cols() == 1
          && x.cols() % bias.rows() == 0;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix bias = call.matrix(1);
      DeviceMatrix out = call.result(x.rows(), x.cols());
      long cells = x.cols() / bias.rows();
      call.run(
          kernel,
          x.cells(),
          out.buffer(),
          x.buffer(),
          bias.buffer(),
          cells,
          bias.rows(),
          x.cells());
      return new DeviceOperand[] {out};
    }
  }
}
