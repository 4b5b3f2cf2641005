package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.cpu.code.GeluConstants;
import java.util.Set;

/** Activations of neural networks. */
final class ActivationLoops {
  /** Those of two operands, and the gradients. */
  static final Set<String> BINARY =
      Set.of(
          "leaky_relu", "elu", "relu_backward", "gelu_backward", "silu_backward", "selu_backward");

  /** Klambauer et al. 2017: mean 0 and variance 1 stay as they are. */
  static final double SELU_SCALE = 1.0507009873554805;

  /** The slope far below 0 that belongs to it, times the scale. */
  static final double SELU_ALPHA = SELU_SCALE * 1.6732632423543772;

  static final UnaryLoop SIGMOID = new SigmoidLoops.Sigmoid();

  private ActivationLoops() {}

  /** A function whose cells have the same bits alone and in a block. */
  private abstract static class Blockwise extends UnaryLoop {
    @Override
    final double cell(double x) {
      double[] out = new double[1];
      array(new double[] {x}, out, 1);
      return out[0];
    }
  }

  /** The larger of x and 0. */
  static final class Relu extends UnaryLoop {
    @Override
    double cell(double x) {
      return Math.max(0, x);
    }

    @Override
    void array(double[] x, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = Math.max(0, x[i]);
      }
    }
  }

  /**
   * x Phi(x) as Hendrycks and Gimpel (2016) approximate it, {@code x/2 (1 + tanh(u))}: x times the
   * logistic function of 2u, which loses no digits where tanh is near -1.
   */
  static final class Gelu extends Blockwise {
    /** 2u. */
    static double argument(double x) {
      return 2 * GeluConstants.SCALE * (x + GeluConstants.CUBE * (x * x * x));
    }

    @Override
    void array(double[] x, double[] out, int n) {
      double[] s = new double[n];
      for (int i = 0; i < n; i++) {
        s[i] = argument(x[i]);
      }
      SIGMOID.array(s, s, n);
      for (int i = 0; i < n; i++) {
        double smooth = x[i] * s[i];
        out[i] = x[i] > GeluConstants.END ? x[i] : x[i] < -GeluConstants.END ? -0.0 : smooth;
      }
    }
  }

  /** x times the logistic function of x. */
  static final class Silu extends Blockwise {
    @Override
    void array(double[] x, double[] out, int n) {
      double[] s = new double[n];
      SIGMOID.array(x, s, n);
      for (int i = 0; i < n; i++) {
        out[i] = x[i] * s[i];
      }
    }
  }

  /** elu with fixed slopes that keep mean 0 and variance 1. */
  static final class Selu extends Blockwise {
    @Override
    void array(double[] x, double[] out, int n) {
      double[] e = lessOne(x, n);
      for (int i = 0; i < n; i++) {
        out[i] = x[i] > 0 ? SELU_SCALE * x[i] : SELU_ALPHA * e[i];
      }
    }
  }

  /** x above 0, alpha x below. */
  static final class LeakyRelu extends BinaryLoop {
    @Override
    double cell(double x, double alpha) {
      return x > 0 ? x : alpha * x;
    }

    @Override
    void arrays(double[] x, double[] alpha, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = x[i] > 0 ? x[i] : alpha[i] * x[i];
      }
    }

    @Override
    void arrayScalar(double[] x, double alpha, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = x[i] > 0 ? x[i] : alpha * x[i];
      }
    }

    @Override
    void scalarArray(double x, double[] alpha, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = x > 0 ? x : alpha[i] * x;
      }
    }
  }

  /** x above 0, alpha (e^x - 1) below. */
  static final class Elu extends BinaryLoop {
    @Override
    double cell(double x, double alpha) {
      return x > 0 ? x : alpha * lessOne(new double[] {x}, 1)[0];
    }

    @Override
    void arrays(double[] x, double[] alpha, double[] out, int n) {
      double[] e = lessOne(x, n);
      for (int i = 0; i < n; i++) {
        out[i] = x[i] > 0 ? x[i] : alpha[i] * e[i];
      }
    }

    @Override
    void arrayScalar(double[] x, double alpha, double[] out, int n) {
      double[] e = lessOne(x, n);
      for (int i = 0; i < n; i++) {
        out[i] = x[i] > 0 ? x[i] : alpha * e[i];
      }
    }

    @Override
    void scalarArray(double x, double[] alpha, double[] out, int n) {
      double e = lessOne(new double[] {x}, 1)[0];
      for (int i = 0; i < n; i++) {
        out[i] = x > 0 ? x : alpha[i] * e;
      }
    }
  }

  /** e^x - 1 where x is below 0, else 0; NaN stays. */
  private static double[] lessOne(double[] x, int n) {
    double[] low = new double[n];
    for (int i = 0; i < n; i++) {
      low[i] = Math.min(x[i], 0);
    }
    double[] out = new double[n];
    ExponentialBlocks.lessOne(low, new double[n], out, n);
    return out;
  }
}
