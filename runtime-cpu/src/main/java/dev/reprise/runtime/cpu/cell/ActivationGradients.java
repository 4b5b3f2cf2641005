package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.code.GeluConstants;

/** Gradients of activations: that of the result times the activation's slope at x. */
final class ActivationGradients {
  private ActivationGradients() {}

  /** Left operand times a slope that follows from the right one. */
  private abstract static class Slope extends BinaryLoop {

    /** One at a time with the bits that it has among others. */
    private double slope(double x) {
      double[] slopes = new double[1];
      slopes(new double[] {x}, slopes, 1);
      return slopes[0];
    }

    /** Of n cells; {@code slopes} is not x. */
    abstract void slopes(double[] x, double[] slopes, int n);

    @Override
    final double cell(double dout, double x) {
      return slope(x) * dout;
    }

    @Override
    final void arrays(double[] dout, double[] x, double[] out, int n) {
      double[] slopes = new double[n];
      slopes(x, slopes, n);
      for (int i = 0; i < n; i++) {
        out[i] = slopes[i] * dout[i];
      }
    }

    @Override
    final void arrayScalar(double[] dout, double x, double[] out, int n) {
      double slope = slope(x);
      for (int i = 0; i < n; i++) {
        out[i] = slope * dout[i];
      }
    }

    @Override
    final void scalarArray(double dout, double[] x, double[] out, int n) {
      double[] slopes = new double[n];
      slopes(x, slopes, n);
      for (int i = 0; i < n; i++) {
        out[i] = slopes[i] * dout;
      }
    }
  }

  /** 1 above 0. */
  static final class Relu extends Slope {
    @Override
    void slopes(double[] x, double[] slopes, int n) {
      for (int i = 0; i < n; i++) {
        int isAbove = x[i] > 0 ? 1 : 0; // two integers need no branch: ComparisonLoops
        slopes[i] = isAbove;
      }
    }
  }

  /** Of {@link ActivationLoops.Gelu}. */
  static final class Gelu extends Slope {
    @Override
    void slopes(double[] x, double[] slopes, int n) {
      for (int i = 0; i < n; i++) {
        slopes[i] = ActivationLoops.Gelu.argument(x[i]);
      }
      ActivationLoops.SIGMOID.array(slopes, slopes, n);
      for (int i = 0; i < n; i++) {
        slopes[i] = slope(x[i], slopes[i]);
      }
    }

    private static double slope(double x, double s) {
      double inner = GeluConstants.SCALE * (1 + 3 * GeluConstants.CUBE * (x * x));
      double smooth = s + 2 * x * s * (1 - s) * inner;
      double end = GeluConstants.END;
      return x > end ? 1 : x < -end ? 0 : smooth;
    }
  }

  /** Of {@link ActivationLoops.Silu}. */
  static final class Silu extends Slope {
    @Override
    void slopes(double[] x, double[] slopes, int n) {
      ActivationLoops.SIGMOID.array(x, slopes, n);
      for (int i = 0; i < n; i++) {
        slopes[i] = slopes[i] * (1 + x[i] * (1 - slopes[i]));
      }
    }
  }

  /** Of {@link ActivationLoops.Selu}. */
  static final class Selu extends Slope {
    @Override
    void slopes(double[] x, double[] slopes, int n) {
      double[] low = new double[n];
      for (int i = 0; i < n; i++) {
        low[i] = Math.min(x[i], 0);
      }
      ExponentialBlocks.exp(low, new double[n], slopes, n);
      for (int i = 0; i < n; i++) {
        slopes[i] = x[i] > 0 ? ActivationLoops.SELU_SCALE : ActivationLoops.SELU_ALPHA * slopes[i];
      }
    }
  }
}
