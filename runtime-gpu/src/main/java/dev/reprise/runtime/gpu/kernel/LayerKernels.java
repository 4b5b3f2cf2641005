package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** Layers that look at the rows of a matrix, and gradients of activations with a number. */
public final class LayerKernels {
  private LayerKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("softmax", new Rows("softmax/probabilities", 1));
    kernels.add("softmax_backward", new Rows("softmax/gradient", 2));
    kernels.add("log_softmax", new Rows("softmax/logarithms", 1));
    kernels.add("log_softmax_backward", new Rows("softmax/logarithm_gradient", 2));
    kernels.add("softmax_cross_entropy", new Loss());
    kernels.add("softmax_cross_entropy_backward", new LossGradient());
    kernels.add("layer_norm", new LayerNormalisation.Forward());
    kernels.add("layer_norm_backward", new LayerNormalisation.Gradient());
    kernels.add("embedding", new Embedding.LookUp());
    kernels.add("embedding_backward", new Embedding.Gradient());
    kernels.add("attention", new Attention.Forward());
    kernels.add("attention_backward", new Attention.Gradient());
    kernels.add("lstm", new Lstm.Forward());
    kernels.add("lstm_backward", new Lstm.Gradient());
    kernels.add("dropout", new Dropout(true));
    kernels.add("dropout_backward", new Dropout(false));
    kernels.add("leaky_relu_backward", new Slope("slopes/leaky_relu"));
    kernels.add("elu_backward", new Slope("slopes/elu"));
  }

  static boolean areEqual(DeviceOperand first, DeviceOperand second) {
    return first instanceof DeviceMatrix x
        && second instanceof DeviceMatrix y
        && x.shape().equals(y.shape());
  }

  /** Rows of one or two matrices to rows of the same shape. */
  private record Rows(String kernel, int matrices) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return areEqual(inputs[0], inputs[matrices - 1]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), x.cols());
      Object[] buffers =
          matrices == 1
              ? new Object[] {out.buffer(), x.buffer()}
              : new Object[] {out.buffer(), x.buffer(), call.matrix(1).buffer()};
      RowLanes.run(call, kernel, x.rows(), x.cols(), buffers);
      return new DeviceOperand[] {out};
    }
  }

  /** True for a probability for each score, or a class for each row. */
  private static boolean areWanted(DeviceOperand[] inputs) {
    return inputs[0] instanceof DeviceMatrix scores
        && inputs[1] instanceof DeviceMatrix y
        && (y.shape().equals(scores.shape()) || y.rows() == scores.rows() && y.cols() == 1);
  }

  private static int areClasses(KernelCall call) {
    return call.matrix(1).shape().equals(call.matrix(0).shape()) ? 0 : 1;
  }

  private record Loss() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return areWanted(inputs);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix scores = call.matrix(0);
      DeviceBuffer losses = call.scratch(scores.rows() * call.precision().bytesPerCell());
      RowLanes.run(
          call,
          "softmax/losses",
          scores.rows(),
          scores.cols(),
          losses,
          scores.buffer(),
          call.matrix(1).buffer(),
          areClasses(call));
      DeviceMatrix out = call.scalarResult();
      Fold.Target target = new Fold.Target(out.buffer(), call.hasDoubles()).over(scores.rows());
      Fold.SUM.rows(call, FoldSource.of(losses), 1, scores.rows(), null, target);
      return new DeviceOperand[] {out};
    }
  }

  private record LossGradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return areWanted(inputs);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix scores = call.matrix(0);
      DeviceMatrix out = call.result(scores.rows(), scores.cols());
      RowLanes.run(
          call,
          "softmax/loss_gradient",
          scores.rows(),
          scores.cols(),
          out.buffer(),
          scores.buffer(),
          call.matrix(1).buffer(),
          areClasses(call));
      return new DeviceOperand[] {out};
    }
  }

  /** The gradient of an activation whose slope below 0 is a number. */
  private record Slope(String kernel) implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return areEqual(inputs[0], inputs[1]) && CellKernels.isNumber(inputs[2]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix dout = call.matrix(0);
      DeviceMatrix out = call.result(dout.rows(), dout.cols());
      call.run(
          kernel,
          out.cells(),
          out.buffer(),
          dout.buffer(),
          call.matrix(1).buffer(),
          call.scalar(2).asDouble(),
          out.cells());
      return new DeviceOperand[] {out};
    }
  }
}
