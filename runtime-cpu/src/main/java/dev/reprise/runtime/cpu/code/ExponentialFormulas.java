package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.VectorCode.constant;
import static dev.reprise.runtime.cpu.code.VectorCode.constantBits;
import static dev.reprise.runtime.cpu.code.VectorCode.register;

import dev.reprise.runtime.cpu.code.VectorCode.Comparison;

/**
 * What {@link CellFunction}s of e^x do with four cells: the operations, in their order, of the
 * loops in Java, {@code SigmoidLoops}, which says why they are right.
 */
final class ExponentialFormulas {
  /** e to the power of less than this is 0, rounded. */
  private static final double VANISHING = -746;

  private static final double[] TERMS = ExponentialSeries.terms();

  /** Added to a whole number, this has the number in its lowest bits, as an exponent is biased. */
  private static final double TO_EXPONENT = 0x1.8p52 + 1023;

  private static final int EXPONENT_AT = 52;
  private static final long SIGN = Long.MIN_VALUE;
  private static final double ONE = 1;

  /** Registers from this one on are kept by the functions of one register. */
  static final int FIRST_KEPT = 9;

  private ExponentialFormulas() {}

  /**
   * From x to 2^k and e^r - 1, with x = k ln 2 + r.
   *
   * @param x is lost, and becomes e^r - 1
   * @param power becomes 2^k
   * @param spare is lost, as are five registers more
   */
  private static void split(CellCode to, int x, int power, int spare) {
    to.multiply(power, x, constant(ExponentialSeries.PER_LN2));
    to.round(power, power);
    to.multiply(spare, power, constant(ExponentialSeries.LN2_HIGH));
    to.subtract(x, x, register(spare));
    to.multiply(spare, power, constant(ExponentialSeries.LN2_LOW));
    to.subtract(x, x, register(spare));
    to.add(power, power, constant(TO_EXPONENT));
    to.shiftLeft(power, power, EXPONENT_AT);
    int square = spare + 1;
    int fourth = spare + 2;
    int low = spare + 3;
    int middle = spare + 4;
    int high = spare + 5;
    to.multiply(square, x, register(x));
    to.multiply(fourth, square, register(square));
    four(to, low, 0, x, square, spare);
    four(to, middle, 4, x, square, spare);
    four(to, high, 8, x, square, spare);
    to.multiply(high, high, register(fourth));
    to.add(middle, middle, register(high));
    to.multiply(middle, middle, register(fourth));
    to.add(low, low, register(middle));
    to.multiply(low, square, register(low));
    to.add(x, x, register(low));
  }

  /** Four terms of the series divided by x^2, divided by the power of x of the first. */
  private static void four(CellCode to, int sum, int first, int x, int square, int spare) {
    to.multiply(sum, x, constant(TERMS[first + 1]));
    to.add(sum, sum, constant(TERMS[first]));
    to.multiply(spare, x, constant(TERMS[first + 3]));
    to.add(spare, spare, constant(TERMS[first + 2]));
    to.multiply(spare, spare, register(square));
    to.add(sum, sum, register(spare));
  }

  /** Refuses cells whose absolute value is not up to 700; those of {@code but} are not refused. */
  private static void refuse(CellCode to, int x, int but, int spare) {
    to.andNot(spare, signs(to, spare), register(x));
    int largest = spare + 1;
    to.load(largest, constant(ExponentialSeries.LARGEST));
    to.compare(spare, spare, Comparison.NOT_LESS_OR_EQUAL, largest);
    if (but >= 0) {
      to.andNot(spare, but, register(spare));
    }
    to.refuse(spare);
  }

  private static int signs(CellCode to, int register) {
    to.load(register, constantBits(SIGN));
    return register;
  }

  static void exponential(CellCode to) {
    to.input(0, 0);
    power(to);
    to.output(0, 0);
  }

  /** e to the power of register 0, there. */
  static void power(CellCode to) {
    int x = 0;
    int power = 1;
    int vanishes = 2;
    int spare = 3;
    to.load(spare, constant(VANISHING));
    to.compare(vanishes, x, Comparison.LESS, spare);
    refuse(to, x, vanishes, spare);
    split(to, x, power, spare);
    to.multiply(x, power, register(x));
    to.add(x, power, register(x));
    to.andNot(x, vanishes, register(x));
  }

  static void logistic(CellCode to) {
    to.input(0, 0);
    logisticInPlace(to);
    to.output(0, 0);
  }

  /** 1 / (1 + e^-x) of register 0, there. */
  static void logisticInPlace(CellCode to) {
    int x = 0;
    int power = 1;
    int spare = 2;
    int one = 8;
    refuse(to, x, -1, spare);
    // -x is x with the other sign: no bits differ in what follows.
    to.load(spare, constantBits(SIGN));
    to.flip(x, x, spare);
    split(to, x, power, spare);
    to.multiply(x, power, register(x));
    to.add(x, power, register(x));
    to.load(one, constant(ONE));
    to.add(x, one, register(x));
    to.divide(x, one, register(x));
  }

  static void tanh(CellCode to) {
    to.input(0, 0);
    tanhInPlace(to);
    to.output(0, 0);
  }

  /** The hyperbolic tangent of register 0, there. */
  static void tanhInPlace(CellCode to) {
    int x = 0;
    int power = 1;
    int sign = 2;
    int spare = 3;
    to.load(spare, constantBits(SIGN));
    to.and(sign, spare, register(x));
    to.andNot(x, spare, register(x));
    to.load(spare, constant(ExponentialSeries.TANH_SATURATED));
    // No number stays none: the second operand is the result then.
    to.least(x, spare, register(x));
    to.add(x, x, register(x));
    split(to, x, power, spare);
    to.multiply(x, power, register(x));
    to.subtract(power, power, constant(ONE));
    to.add(x, x, register(power));
    to.add(spare, x, constant(2));
    to.divide(x, x, register(spare));
    to.andNot(x, signs(to, spare), register(x));
    to.or(x, x, register(sign));
  }
}
