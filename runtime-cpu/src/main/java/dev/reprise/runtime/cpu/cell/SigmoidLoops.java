package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.code.ExponentialSeries.LARGEST;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.LN2_HIGH;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.LN2_LOW;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.PER_LN2;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TANH_SATURATED;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_10;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_11;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_12;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_13;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_2;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_3;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_4;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_5;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_6;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_7;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_8;
import static dev.reprise.runtime.cpu.code.ExponentialSeries.TERM_9;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.ExponentialSeries;
import java.lang.foreign.MemorySegment;

/**
 * Functions of e^x over whole blocks, up to three times as fast as one call of {@code Math} per
 * cell, because all but the last step is vector code; four more times as {@link CellFunction}s,
 * with the same bits.
 *
 * <p>As usual e^x is 2^k e^r, with the numbers of {@link ExponentialSeries}. Powers and the sigmoid
 * are within 2 units in the last place of the true value, the hyperbolic tangent within 3. Single
 * scalars use {@code Math}.
 */
final class SigmoidLoops {
  private SigmoidLoops() {}

  /** e^x. */
  static final class Exp extends Exponential {
    @Override
    CellFunction code() {
      return CellFunction.EXPONENTIAL;
    }

    @Override
    double cell(double x) {
      return Math.exp(x);
    }

    @Override
    void argument(double[] x, double[] argument, int n) {
      System.arraycopy(x, 0, argument, 0, n);
    }

    @Override
    void finish(double[] x, double[] k, double[] rest, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = power(x[i], k[i], rest[i]);
      }
    }
  }

  /** 1 / (1 + e^-x). */
  static final class Sigmoid extends Exponential {
    @Override
    CellFunction code() {
      return CellFunction.LOGISTIC;
    }

    @Override
    double cell(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    @Override
    void argument(double[] x, double[] argument, int n) {
      for (int i = 0; i < n; i++) {
        argument[i] = -x[i];
      }
    }

    @Override
    void finish(double[] x, double[] k, double[] rest, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = 1 / (1 + power(-x[i], k[i], rest[i]));
      }
    }
  }

  /** Hyperbolic tangent, as (e^2x - 1) / (e^2x + 1) of the absolute value. */
  static final class Tanh extends Exponential {
    @Override
    CellFunction code() {
      return CellFunction.TANH;
    }

    @Override
    double cell(double x) {
      return Math.tanh(x);
    }

    @Override
    void argument(double[] x, double[] argument, int n) {
      for (int i = 0; i < n; i++) {
        argument[i] = 2 * Math.min(Math.abs(x[i]), TANH_SATURATED);
      }
    }

    @Override
    void finish(double[] x, double[] k, double[] rest, double[] out, int n) {
      for (int i = 0; i < n; i++) {
        double power = powerOfTwo(k[i]);
        double lessOne = power * rest[i] + (power - 1);
        out[i] = Math.copySign(lessOne / (lessOne + 2), x[i]);
      }
    }
  }

  /** The steps that all share. The blocks of scratch are made once per run of cells. */
  abstract static class Exponential extends UnaryLoop {

    /** What e is to be raised to. */
    abstract void argument(double[] x, double[] argument, int n);

    /** The result from k and from e^r - 1. */
    abstract void finish(double[] x, double[] k, double[] rest, double[] out, int n);

    /** The same in machine code. */
    abstract CellFunction code();

    @Override
    final void array(double[] x, double[] out, int n) {
      if (x == out || !runCode(x, out, n)) {
        compute(x, new double[n], new double[n], out, n);
      }
    }

    /** False where there is no code, or none for these cells. */
    private boolean runCode(double[] x, double[] out, int n) {
      return CellFunction.areThere() && code().run(x, out, n);
    }

    private boolean runCode(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
      long bytes = Double.BYTES * n;
      return CellFunction.areThere()
          && x.address() + atX != out.address() + atOut
          && code().run(Precision.FP64, x.asSlice(atX, bytes), out.asSlice(atOut, bytes), n);
    }

    @Override
    final boolean floats(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
      long bytes = Float.BYTES * n;
      return CellFunction.areThere()
          && code().run(Precision.FP32, x.asSlice(atX, bytes), out.asSlice(atOut, bytes), n);
    }

    @Override
    final void segment(MemorySegment x, long atX, MemorySegment out, long atOut, long n) {
      if (runCode(x, atX, out, atOut, n)) {
        return;
      }
      int width = BinaryLoop.block(n);
      double[] block = new double[width];
      double[] k = new double[width];
      double[] rest = new double[width];
      for (long i = 0; i < n; i += width) {
        int count = (int) Math.min(width, n - i);
        MemorySegment.copy(x, Layout.CELL, atX + 8 * i, block, 0, count);
        compute(block, k, rest, block, count);
        MemorySegment.copy(block, 0, out, Layout.CELL, atOut + 8 * i, count);
      }
    }

    /** Computes n cells; {@code out} may be x, k and {@code rest} are scratch. */
    final void compute(double[] x, double[] k, double[] rest, double[] out, int n) {
      if (runCode(x, rest, n)) {
        System.arraycopy(rest, 0, out, 0, n);
      } else {
        computeInJava(x, k, rest, out, n);
      }
    }

    /** As {@link #compute}, with the same bits. */
    final void computeInJava(double[] x, double[] k, double[] rest, double[] out, int n) {
      argument(x, rest, n);
      reduce(rest, k, n);
      exponentialLessOne(rest, n);
      finish(x, k, rest, out, n);
    }

    /** Replaces each argument by r and sets k. */
    static void reduce(double[] argument, double[] k, int n) {
      for (int i = 0; i < n; i++) {
        double multiple = Math.rint(argument[i] * PER_LN2);
        k[i] = multiple;
        argument[i] = (argument[i] - multiple * LN2_HIGH) - multiple * LN2_LOW;
      }
    }

    static void exponentialLessOne(double[] x, int n) {
      for (int i = 0; i < n; i++) {
        // Estrin's scheme: products that do not wait for each other.
        double r = x[i];
        double s = r * r;
        double q = s * s;
        double low = (TERM_2 + TERM_3 * r) + (TERM_4 + TERM_5 * r) * s;
        double middle = (TERM_6 + TERM_7 * r) + (TERM_8 + TERM_9 * r) * s;
        double high = (TERM_10 + TERM_11 * r) + (TERM_12 + TERM_13 * r) * s;
        x[i] = r + s * (low + (middle + high * q) * q);
      }
    }

    /** e to the power of the exponent, which {@code k} and {@code rest} were made of. */
    static double power(double exponent, double k, double rest) {
      double power = powerOfTwo(k);
      return Math.abs(exponent) <= LARGEST ? power + power * rest : Math.exp(exponent);
    }

    static double powerOfTwo(double k) {
      return Double.longBitsToDouble(((long) k + 1023L) << 52);
    }
  }
}
