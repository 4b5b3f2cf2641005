package dev.reprise.runtime.cpu.linalg;

/**
 * The discrete Fourier transform of one line of complex numbers, in place, or its inverse without
 * the division by the number of points. Not safe for use by several threads.
 *
 * <p>Powers of two take Cooley and Tukey's algorithm, other lengths Bluestein's: with {@code jk =
 * (j^2 + k^2 - (k-j)^2) / 2} the sum becomes a convolution, which two transforms of a power of two
 * give.
 */
abstract sealed class FourierLine {
  /** Bluestein's algorithm takes up to four times as many cells in an array. */
  static final int MOST = 1 << 29;

  /** For lines of {@code n} cells, from 1 to {@link #MOST}. */
  static FourierLine of(int n, boolean inverse) {
    return Integer.bitCount(n) == 1 ? new PowerOfTwo(inverse) : new AnyLength(n, inverse);
  }

  /** Transforms the line whose real and imaginary parts are given. */
  abstract void apply(double[] x, double[] y);

  private static final class PowerOfTwo extends FourierLine {
    private final boolean inverse;

    PowerOfTwo(boolean inverse) {
      this.inverse = inverse;
    }

    /** Bit reversal, then butterflies of growing span. */
    @Override
    void apply(double[] x, double[] y) {
      int n = x.length;
      for (int i = 1, j = 0; i < n; i++) {
        int bit = n >> 1;
        for (; (j & bit) != 0; bit >>= 1) {
          j ^= bit;
        }
        j ^= bit;
        if (i < j) {
          swap(x, i, j);
          swap(y, i, j);
        }
      }
      for (int span = 1; span < n; span *= 2) {
        for (int k = 0; k < span; k++) {
          double angle = (inverse ? 1 : -1) * Math.PI * k / span;
          butterflies(x, y, k, span, Math.cos(angle), Math.sin(angle));
        }
      }
    }

    private static void butterflies(
        double[] x, double[] y, int first, int span, double cos, double sin) {
      for (int i = first; i < x.length; i += 2 * span) {
        int other = i + span;
        double re = x[other] * cos - y[other] * sin;
        double im = x[other] * sin + y[other] * cos;
        x[other] = x[i] - re;
        y[other] = y[i] - im;
        x[i] += re;
        y[i] += im;
      }
    }

    private static void swap(double[] values, int i, int j) {
      double value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }

  private static final class AnyLength extends FourierLine {
    private static final PowerOfTwo THERE = new PowerOfTwo(false);
    private static final PowerOfTwo BACK = new PowerOfTwo(true);

    // exp(-i pi k^2 / n), conjugated for the inverse
    private final double[] cos;
    private final double[] sin;

    // The transform of the conjugated chirp, which lines are convolved with.
    private final double[] kernelRe;
    private final double[] kernelIm;

    AnyLength(int n, boolean inverse) {
      int m = Integer.highestOneBit(2 * n - 1) << 1; // at most 2^30
      cos = new double[n];
      sin = new double[n];
      kernelRe = new double[m];
      kernelIm = new double[m];
      for (int k = 0; k < n; k++) {
        // Angles repeat after 2n: exact where k^2 / n would have lost its fraction.
        double angle = Math.PI * ((long) k * k % (2L * n)) / n;
        cos[k] = Math.cos(angle);
        sin[k] = inverse ? Math.sin(angle) : -Math.sin(angle);
        kernelRe[k] = cos[k];
        kernelIm[k] = -sin[k];
        if (k > 0) {
          kernelRe[m - k] = cos[k];
          kernelIm[m - k] = -sin[k];
        }
      }
      THERE.apply(kernelRe, kernelIm);
    }

    @Override
    void apply(double[] x, double[] y) {
      int m = kernelRe.length;
      double[] re = new double[m];
      double[] im = new double[m];
      for (int k = 0; k < x.length; k++) {
        re[k] = x[k] * cos[k] - y[k] * sin[k];
        im[k] = x[k] * sin[k] + y[k] * cos[k];
      }
      THERE.apply(re, im);
      for (int k = 0; k < m; k++) {
        double product = re[k] * kernelRe[k] - im[k] * kernelIm[k];
        im[k] = re[k] * kernelIm[k] + im[k] * kernelRe[k];
        re[k] = product;
      }
      BACK.apply(re, im);
      for (int k = 0; k < x.length; k++) {
        x[k] = (re[k] * cos[k] - im[k] * sin[k]) / m;
        y[k] = (re[k] * sin[k] + im[k] * cos[k]) / m;
      }
    }
  }
}
