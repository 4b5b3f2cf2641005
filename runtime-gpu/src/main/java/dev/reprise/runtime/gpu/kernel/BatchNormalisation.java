package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import dev.reprise.runtime.operation.Hyperparameters;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code batch_norm2d} and its gradient. A channel's sums are those of its planes, one per image,
 * and then of these.
 */
final class BatchNormalisation {
  private BatchNormalisation() {}

  /** How the columns of an input are divided into channels. */
  private record Channels(KernelCall call, long images, long channels, long cells) {
    static Channels of(KernelCall call, DeviceMatrix x, DeviceMatrix numbers) {
      return new Channels(call, x.rows(), numbers.cells(), x.cols() / numbers.cells());
    }

    long planes() {
      return images * channels;
    }

    /** Cells of a channel in all images. */
    long count() {
      return images * cells;
    }

    DeviceBuffer wide(long numbers) {
      return call.scratch(Fold.wideBytes(call, numbers));
    }

    /** The mean of each channel, wide. */
    DeviceBuffer means(DeviceBuffer x) {
      return means(Fold.SUM, x, x);
    }

    /** The variance of each channel, wide. */
    DeviceBuffer variances(DeviceBuffer x, DeviceBuffer means) {
      DeviceBuffer centers = wide(planes());
      call.run("channels/repeat", planes(), centers, means, channels, planes());
      return means(Fold.SQUARES, x, centers);
    }

    private DeviceBuffer means(Fold fold, DeviceBuffer x, DeviceBuffer centers) {
      DeviceBuffer sums = call.scratch(planes() * call.precision().bytesPerCell());
      fold.rows(call, FoldSource.of(x), planes(), cells, centers, new Target(sums, false));
      DeviceBuffer means = wide(channels);
      FoldSource parts = FoldSource.of(sums);
      Fold.SUM.columns(call, parts, images, channels, null, new Target(means, true).over(count()));
      return means;
    }

    DeviceBuffer widened(DeviceMatrix numbers) {
      DeviceBuffer wide = wide(channels);
      call.run("channels/widened", channels, wide, numbers.buffer(), channels);
      return wide;
    }
  }

  /** A column or row with a number for each channel, which divides the input's columns. */
  private static boolean areNumbers(DeviceOperand operand, DeviceMatrix x, long count) {
    return operand instanceof DeviceMatrix numbers
        && (numbers.rows() == 1 || numbers.cols() == 1)
        && numbers.cells() == count
        && x.cols() % count == 0;
  }

  private static boolean isMode(DeviceOperand operand) {
    return operand instanceof Scalar mode
        && mode.type() == ValueType.STRING
        && (mode.asString().equals("train") || mode.asString().equals("test"));
  }

  /** [Y, ema_mean, ema_var, cache_mean, cache_inv_var]. */
  record Forward() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      if (!(inputs[0] instanceof DeviceMatrix x) || !(inputs[1] instanceof DeviceMatrix gamma)) {
        return false;
      }
      for (int i = 1; i <= 4; i++) {
        if (!areNumbers(inputs[i], x, gamma.cells())) {
          return false;
        }
      }
      return isMode(inputs[5]) && Bounds.isWhole(inputs[6]) && Bounds.isWhole(inputs[7]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      Hyperparameters.require(call.operation(), 6, call.scalar(6));
      Hyperparameters.require(call.operation(), 7, call.scalar(7));
      DeviceMatrix x = call.matrix(0);
      Channels sizes = Channels.of(call, x, call.matrix(1));
      boolean training = call.scalar(5).asString().equals("train");
      DeviceBuffer mean = training ? sizes.means(x.buffer()) : sizes.widened(call.matrix(3));
      DeviceBuffer variance =
          training ? sizes.variances(x.buffer(), mean) : sizes.widened(call.matrix(4));
      DeviceMatrix y = call.result(x.rows(), x.cols());
      DeviceMatrix[] numbers = new DeviceMatrix[4];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = call.result(sizes.channels(), 1);
      }
      call.run(
          "channels/settle",
          sizes.channels(),
          mean,
          variance,
          numbers[0].buffer(),
          numbers[1].buffer(),
          call.matrix(3).buffer(),
          call.matrix(4).buffer(),
          numbers[2].buffer(),
          numbers[3].buffer(),
          call.scalar(6).asDouble(),
          call.scalar(7).asDouble(),
          training ? 1 : 0,
          sizes.channels());
      call.run(
          "channels/normalise",
          x.cells(),
          y.buffer(),
          x.buffer(),
          mean,
          variance,
          call.matrix(1).buffer(),
          call.matrix(2).buffer(),
          sizes.cells(),
          sizes.channels(),
          x.cells());
      return new DeviceOperand[] {y, numbers[0], numbers[1], numbers[2], numbers[3]};
    }
  }

  /** [dX, dgamma, dbeta]. */
  record Gradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x
          && inputs[1] instanceof DeviceMatrix dout
          && dout.shape().equals(x.shape())
          && inputs[2] instanceof DeviceMatrix gamma
          && areNumbers(gamma, x, gamma.cells())
          && Bounds.isWhole(inputs[3])
          && areNumbers(inputs[4], x, gamma.cells())
          && areNumbers(inputs[5], x, gamma.cells());
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      Hyperparameters.require(call.operation(), 3, call.scalar(3));
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix dout = call.matrix(1);
      DeviceBuffer inverse = call.matrix(5).buffer();
      Channels sizes = Channels.of(call, x, call.matrix(2));
      DeviceMatrix dx = call.result(x.rows(), x.cols());
      DeviceMatrix dgamma = call.result(sizes.channels(), 1);
      DeviceMatrix dbeta = call.result(sizes.channels(), 1);
      DeviceBuffer products = call.scratch(x.bytes());
      call.run(
          "channels/weighted",
          x.cells(),
          products,
          x.buffer(),
          dout.buffer(),
          call.matrix(4).buffer(),
          sizes.cells(),
          sizes.channels(),
          x.cells());
      DeviceBuffer meanX = sizes.means(x.buffer());
      DeviceBuffer meanDout = sizes.means(dout.buffer());
      DeviceBuffer meanProduct = sizes.means(products);
      call.run(
          "channels/gradient",
          x.cells(),
          dx.buffer(),
          x.buffer(),
          dout.buffer(),
          call.matrix(2).buffer(),
          inverse,
          meanX,
          meanDout,
          meanProduct,
          sizes.cells(),
          sizes.channels(),
          x.cells());
      call.run(
          "channels/number_gradients",
          sizes.channels(),
          dgamma.buffer(),
          dbeta.buffer(),
          meanProduct,
          meanDout,
          inverse,
          sizes.count(),
          sizes.channels());
      return new DeviceOperand[] {dx, dgamma, dbeta};
    }
  }
}
