package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * Functions of e^x whose results are rounded to floats, by fewer operations than the series of
 * {@link ExponentialFormulas}, and with the same floats. What they compute is a double within
 * {@link #MOST_UNITS} units in the last place of what the series gives. Where no point between two
 * floats, at which rounding changes, is that near, both round to the same float; where one is,
 * cells are {@linkplain CellCode#unsureWhere unsure}, and computed anew by the series (Ziv 1991,
 * Fast evaluation of elementary mathematical functions with correctly rounded last bit). That is
 * one cell in 2^11.
 *
 * <p>As there, e^x = 2^k e^r. Here e^r = 1 + r q(r), where q(r) of degree 7 is (e^r - 1) / r to
 * within B = 4.574e-12 for |r| up to {@value #LARGEST_REST}, which is more than ln 2 / 2: its
 * series of Chebyshev polynomials T_n(r / a), a = {@value #LARGEST_REST}, without the terms from
 * the eighth on, whose sizes add up to B. {@code QuickFormulasTest} compares q with the function.
 * Products are joined with sums, which are rounded once. Errors, relative to the result:
 *
 * <ul>
 *   <li>e^x: |r| B / e^r is at most a e^a B = 2.25e-12, or 20,200 units, of which there are 2^53 in
 *       1 at most.
 *   <li>The logistic function u / (1 + u), u = e^x: that of u, divided by 1 + u. gelu and silu
 *       multiply it with a number that has no error.
 *   <li>tanh = m / (m + 2), m = e^2x - 1 = 2^k r q + (2^k - 1): at most that of m. With k = 0 this
 *       is B / q(r), no more than B since r is not negative. Else it is 2^k |r| B / (2^k e^r - 1),
 *       the most with k = 1 and r = -ln 2 / 2: 1.68 B = 7.7e-12, or 69,300 units.
 * </ul>
 *
 * Rounding adds less than 100 units: ln 2 as one double makes r wrong by 128 2^-55 at most, 32
 * units (of e^x up to 2^{@value #LARGEST_EXPONENT}; of tanh 64 2^-55 of what is far from 0), the
 * operations by some units, and the series is within 3 units of the function.
 *
 * <p>This is of floats with all 24 bits. Results that have fewer are of cells that are unsure
 * because of their x; or x is so small that e^r is exactly 1 here and in the series, so that both
 * give the same double; or the result is tanh x = x, to 2^-37: nearer to x than to any other float.
 */
final class QuickFormulas {
  /** More than the errors above: half of what is unsure. A power of two. */
  static final long MOST_UNITS = 1 << 17;

  static final double LARGEST_REST = 0.34658;

  /** Of q, from the constant on: see the class. */
  static final double[] TERMS = {
    0.9999999999955071,
    0.4999999999979787,
    0.16666666786340248,
    0.041666666891005726,
    0.008333283530941413,
    0.0013888821668687865,
    0.000199075740312499,
    2.4876168671580443e-05
  };

  /** As these, of degree 8, which is within 7.95e-14. */
  static final double[] SHARE_TERMS = {
    1.0000000000000013,
    0.4999999999979787,
    0.16666666666615634,
    0.041666666891005726,
    0.008333333367317994,
    0.0013888821668687865,
    0.00019841190638194759,
    2.4876168671580443e-05,
    2.7632644916066987e-06
  };

  /**
   * As {@link #MOST_UNITS}, of shares e^x / s. Powers are within 380 units of the series': 351 of
   * the polynomial, 25 of r and rounding, 4 of the series. So are sums s of positive powers, beside
   * rounding: each sum in eight lanes of {@link #MOST_SHARES} powers adds at most 520 times, one
   * unit each. Quotients round by one unit each. All of it is less than 1,810.
   */
  static final long MOST_SHARE_UNITS = 1 << 11;

  /** Cells of a row. */
  static final int MOST_SHARES = 1 << 12;

  /** Powers of less are refused, so that shares are floats with all bits. */
  private static final double LEAST_SHARED = -60;

  /** Powers of less are 0: no sum differs by a unit, and shares are 0 as floats. */
  private static final double UNSHARED = -110;

  private static final double LN2 = 0.6931471805599453;

  /** Up to this size of x, e^x and its inverse are floats with all bits. */
  private static final double LARGEST = 87;

  private static final int LARGEST_EXPONENT = 126;

  /** A number far larger than x loses all but whole numbers; as in the series these are biased. */
  private static final double TO_EXPONENT = 0x1.8p52 + 1023;

  private static final int EXPONENT_AT = 52;
  private static final double ONE = 1;

  private QuickFormulas() {}

  /**
   * From x to 2^k and r, with x = k ln 2 + r.
   *
   * @param x is lost, and becomes r
   * @param power becomes 2^k
   * @param spare is lost
   */
  private static void reduce(CellCode to, int x, int power, int spare) {
    to.load(power, constant(ExponentialSeries.PER_LN2));
    to.multiplyAdd(power, x, constant(TO_EXPONENT));
    to.subtract(spare, power, constant(TO_EXPONENT));
    to.subtractProduct(x, spare, constant(LN2));
    to.shiftLeft(power, power, EXPONENT_AT);
  }

  /**
   * q(r). By Horner's scheme, which has the fewest instructions: these bound the time, not that
   * each waits for the one before it.
   */
  private static void sum(CellCode to, int sum, int r, double[] terms) {
    to.load(sum, constant(terms[terms.length - 1]));
    for (int i = terms.length - 2; i >= 0; i--) {
      to.multiplyAdd(sum, r, constant(terms[i]));
    }
  }

  /** Cells are unsure where |x| is more than {@link #LARGEST} or no number. */
  private static void bound(CellCode to, int x) {
    int size = 0;
    int largest = 1;
    to.load(largest, constant(LARGEST));
    to.and(size, x, constantBits(Long.MAX_VALUE));
    to.unsureWhere(size, Comparison.NOT_LESS_OR_EQUAL, largest, size);
  }

  /** e^x in register {@code power}, without a test; x is lost, as is the spare register. */
  private static void power(CellCode to, int power, int x, int spare, double[] terms) {
    reduce(to, x, power, spare);
    sum(to, spare, x, terms);
    to.multiplyAdd(spare, x, constant(ONE));
    to.multiply(power, power, register(spare));
  }

  /** 1 / (1 + e^-x) in register {@code result}, without a test; x and the spare one are lost. */
  private static void logistic(CellCode to, int result, int x, int spare) {
    power(to, result, x, spare, TERMS);
    to.add(spare, result, constant(ONE));
    to.divide(result, result, register(spare));
  }

  /** e to the power of register x from {@link ExponentialFormulas#FIRST_KEPT} on, there. */
  static void power(CellCode to, int x) {
    int power = 0;
    bound(to, x);
    power(to, power, x, 1, TERMS);
    to.load(x, register(power));
    to.testRounding(x, 1, MOST_UNITS);
  }

  /** 1 / (1 + e^-x), likewise. */
  static void logistic(CellCode to, int x) {
    int result = 0;
    bound(to, x);
    logistic(to, result, x, 1);
    to.load(x, register(result));
    to.testRounding(x, 1, MOST_UNITS);
  }

  /** The hyperbolic tangent, likewise. */
  static void tanh(CellCode to, int x) {
    int size = 0;
    int power = 1;
    int sum = 2;
    to.and(size, x, constantBits(Long.MAX_VALUE));
    to.load(sum, constant(ExponentialSeries.TANH_SATURATED));
    // No number stays none: the second operand is the result then.
    to.least(size, sum, register(size));
    to.add(size, size, register(size));
    reduce(to, size, power, sum);
    sum(to, sum, size, TERMS);
    to.multiply(size, size, register(sum));
    to.subtract(sum, power, constant(ONE));
    to.multiplyAdd(size, power, register(sum));
    to.add(sum, size, constant(2));
    to.divide(size, size, register(sum));
    to.and(x, x, constantBits(Long.MIN_VALUE));
    to.or(x, x, register(size));
    to.testRounding(x, 1, MOST_UNITS);
  }

  /** As {@link ActivationFormulas#gelu}. */
  static void gelu(CellCode to, int x) {
    // What is no number is refused, as it is there.
    to.unsureWhere(x, Comparison.NEITHER_ORDERED, x, 0);
    ActivationFormulas.geluArgument(to, x);
    logistic(to, 1, 0, 2);
    to.load(0, register(1));
    ActivationFormulas.geluOfShare(to, x);
    to.testRounding(x, 1, MOST_UNITS);
  }

  /** As {@link ActivationFormulas#silu}. */
  static void silu(CellCode to, int x) {
    bound(to, x);
    to.load(0, register(x));
    logistic(to, 1, 0, 2);
    to.multiply(x, x, register(1));
    to.testRounding(x, 1, MOST_UNITS);
  }

  /** As {@link LossFormulas#rowPowers}, for {@link #rowShares}. */
  static void rowPowers(CellCode to) {
    int x = 0;
    int power = 1;
    int spare = 2;
    int vanishes = 3;
    to.input(x, 0);
    to.subtract(x, x, Source.parameter(0));
    to.load(spare, constant(UNSHARED));
    to.compare(vanishes, x, Comparison.LESS, spare);
    to.andNot(x, vanishes, register(x));
    to.load(spare, constant(LEAST_SHARED));
    to.refuseWhere(spare, Comparison.NOT_LESS_OR_EQUAL, x, spare);
    power(to, power, x, spare, SHARE_TERMS);
    to.andNot(power, vanishes, register(power));
    to.doublesOutput(1, power);
    to.total(0, power);
  }

  /** As {@link LossFormulas#rowShares}; refuses cells that are unsure. */
  static void rowShares(CellCode to) {
    to.doublesInput(0, 1);
    to.divide(0, 0, Source.parameter(0));
    to.refuseUnsure(0, 1, MOST_SHARE_UNITS);
    to.output(0, 0);
  }
}
