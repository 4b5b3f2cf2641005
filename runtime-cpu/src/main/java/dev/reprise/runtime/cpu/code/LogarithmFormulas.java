package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

/** Logarithms of a group of cells: the operations of {@link LogarithmSeries}, in their order. */
final class LogarithmFormulas {
  /** With a small whole number in its lowest bits, this is 2^52 and that number. */
  private static final long WHOLE_BITS = 0x4330_0000_0000_0000L;

  private static final double WHOLE = 0x1p52;

  private static final double BIAS = WHOLE + LogarithmSeries.EXPONENT_BIAS;

  private LogarithmFormulas() {}

  /**
   * The logarithm of register x from {@link ExponentialFormulas#FIRST_KEPT} on, there; those below
   * are lost.
   */
  static void log(CellCode to, int x) {
    int f = 0;
    int k = 1;
    takeApart(to, x, f, k);
    series(to, f, k);
    int result = f;
    int zero = 1;
    int special = 2;
    to.load(zero, constant(0));
    to.load(special, constant(Double.NaN));
    to.chooseWhere(result, result, special, x, Comparison.LESS, zero, 3);
    to.load(special, constant(Double.NEGATIVE_INFINITY));
    to.chooseWhere(result, result, special, x, Comparison.EQUAL, zero, 3);
    to.load(special, constant(Double.POSITIVE_INFINITY));
    to.chooseWhere(x, result, x, x, Comparison.NOT_LESS, special, 3);
  }

  /** The logarithm of x to the base y, in register x; y is lost. */
  static void logToBase(CellCode to, int x, int y) {
    log(to, y);
    log(to, x);
    to.divide(x, x, register(y));
  }

  /** From x above 0 to f and k, with x = 2^k (1 + f); of other numbers to anything. */
  private static void takeApart(CellCode to, int x, int f, int k) {
    int least = 2;
    int other = 3;
    int spare = 4;
    to.load(least, constant(LogarithmSeries.LEAST_NORMAL));
    to.multiply(other, x, constant(LogarithmSeries.TO_NORMAL));
    to.chooseWhere(f, x, other, x, Comparison.LESS, least, spare);
    to.load(k, constant(BIAS));
    to.load(other, constant(BIAS + LogarithmSeries.TO_NORMAL_EXPONENT));
    to.chooseWhere(k, k, other, x, Comparison.LESS, least, spare);
    to.addWhole(f, f, constantBits(LogarithmSeries.TO_ONE));
    int exponent = 2;
    to.shiftRight(exponent, f, LogarithmSeries.EXPONENT_AT);
    to.or(exponent, exponent, constantBits(WHOLE_BITS));
    to.subtract(k, exponent, register(k));
    to.and(f, f, constantBits(LogarithmSeries.FRACTION));
    to.addWhole(f, f, constantBits(LogarithmSeries.ROOT_OF_HALF));
    to.subtract(f, f, constant(1));
  }

  /** From f and k to the logarithm, in place of f. */
  private static void series(CellCode to, int f, int k) {
    int s = 2;
    int w = 3;
    int even = 4;
    int odd = 5;
    to.add(s, f, constant(2));
    to.divide(s, f, register(s));
    to.multiply(w, s, register(s));
    to.multiply(w, w, register(w));
    to.multiply(even, w, constant(LogarithmSeries.TERM_6));
    to.add(even, even, constant(LogarithmSeries.TERM_4));
    to.multiply(even, even, register(w));
    to.add(even, even, constant(LogarithmSeries.TERM_2));
    to.multiply(even, even, register(w));
    to.multiply(odd, w, constant(LogarithmSeries.TERM_7));
    to.add(odd, odd, constant(LogarithmSeries.TERM_5));
    to.multiply(odd, odd, register(w));
    to.add(odd, odd, constant(LogarithmSeries.TERM_3));
    to.multiply(odd, odd, register(w));
    to.add(odd, odd, constant(LogarithmSeries.TERM_1));
    // Once more, since there is no register left that could have kept it.
    int z = w;
    to.multiply(z, s, register(s));
    to.multiply(odd, odd, register(z));
    to.add(odd, odd, register(even));
    int half = even;
    to.multiply(half, f, register(f));
    to.multiply(half, half, constant(0.5));
    to.add(odd, odd, register(half));
    to.multiply(odd, odd, register(s));
    int low = s;
    to.multiply(low, k, constant(LogarithmSeries.LN2_LOW));
    to.add(odd, odd, register(low));
    to.subtract(half, half, register(odd));
    to.subtract(half, half, register(f));
    to.multiply(k, k, constant(LogarithmSeries.LN2_HIGH));
    to.subtract(f, k, register(half));
  }
}
