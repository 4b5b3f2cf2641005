package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * What {@link CellFunction}s of e^x do with a group of cells: the operations, in their order, of
 * the loops in Java, {@code SigmoidLoops}, which says why they are right.
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
  static final int FIRST_KEPT = 6;

  private ExponentialFormulas() {}

  /**
   * From x to 2^k and r, with x = k ln 2 + r.
   *
   * @param x is lost, and becomes r
   * @param power becomes 2^k
   * @param spare is lost
   */
  private static void reduce(CellCode to, int x, int power, int spare) {
    to.multiply(power, x, constant(ExponentialSeries.PER_LN2));
    to.round(power, power);
    to.multiply(spare, power, constant(ExponentialSeries.LN2_HIGH));
    to.subtract(x, x, register(spare));
    to.multiply(spare, power, constant(ExponentialSeries.LN2_LOW));
    to.subtract(x, x, register(spare));
    to.add(power, power, constant(TO_EXPONENT));
    to.shiftLeft(power, power, EXPONENT_AT);
  }

  /**
   * From r to e^r - 1.
   *
   * @param x is r
   * @param spare is lost, as are three registers more: so few that there are enough for groups of
   *     cells in turns, for which the fourth power of r is computed twice
   */
  private static void addPowers(CellCode to, int x, int spare) {
    int square = spare + 1;
    int sum = spare + 2;
    int part = spare + 3;
    to.multiply(square, x, register(x));
    four(to, sum, 8, x, square, spare);
    for (int first = 4; first >= 0; first -= 4) {
      to.multiply(spare, square, register(square));
      to.multiply(sum, sum, register(spare));
      four(to, part, first, x, square, spare);
      to.add(sum, part, register(sum));
    }
    to.multiply(sum, square, register(sum));
    to.add(x, x, register(sum));
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

  /** Refuses cells whose absolute value is not up to 700. */
  private static void refuse(CellCode to, int x, int spare) {
    to.andNot(spare, signs(to, spare), register(x));
    int largest = spare + 1;
    to.load(largest, constant(ExponentialSeries.LARGEST));
    to.refuseWhere(spare, Comparison.NOT_LESS_OR_EQUAL, largest, spare);
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
    // 0 times e^0, since powers of what is far below may be none.
    to.andNot(x, vanishes, register(x));
    refuse(to, x, spare);
    reduce(to, x, power, spare);
    to.andNot(power, vanishes, register(power));
    addPowers(to, x, 2);
    to.multiply(x, power, register(x));
    to.add(x, power, register(x));
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
    refuse(to, x, spare);
    // -x is x with the other sign: no bits differ in what follows.
    to.load(spare, constantBits(SIGN));
    to.flip(x, x, spare);
    reduce(to, x, power, spare);
    addPowers(to, x, spare);
    to.multiply(x, power, register(x));
    to.add(x, power, register(x));
    int one = power;
    to.load(one, constant(ONE));
    to.add(x, one, register(x));
    to.divide(x, one, register(x));
  }

  /** e^x - 1 of register 0 up to 0, there, as {@code ExponentialBlocks.lessOne}. */
  static void lessOneInPlace(CellCode to) {
    int x = 0;
    int power = 1;
    int spare = 2;
    // Of this number, and of all below it, the result is -1.
    to.load(power, constant(-ExponentialSeries.LARGEST));
    to.largest(x, power, register(x));
    reduce(to, x, power, spare);
    addPowers(to, x, spare);
    to.multiply(x, power, register(x));
    to.subtract(power, power, constant(ONE));
    to.add(x, x, register(power));
  }

  static void tanh(CellCode to) {
    to.input(FIRST_KEPT, 0);
    tanh(to, FIRST_KEPT);
    to.output(0, FIRST_KEPT);
  }

  /** The hyperbolic tangent of register x from {@link #FIRST_KEPT} on, there. */
  static void tanh(CellCode to, int x) {
    int size = 0;
    int power = 1;
    int spare = 2;
    to.andNot(size, signs(to, spare), register(x));
    to.load(spare, constant(ExponentialSeries.TANH_SATURATED));
    // No number stays none: the second operand is the result then.
    to.least(size, spare, register(size));
    to.add(size, size, register(size));
    reduce(to, size, power, spare);
    addPowers(to, size, spare);
    to.multiply(size, power, register(size));
    to.subtract(power, power, constant(ONE));
    to.add(size, size, register(power));
    to.add(spare, size, constant(2));
    to.divide(size, size, register(spare));
    to.andNot(size, signs(to, spare), register(size));
    to.and(x, spare, register(x));
    to.or(x, x, register(size));
  }
}
