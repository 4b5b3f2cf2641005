package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.CellCode.constant;
import static dev.reprise.runtime.cpu.code.CellCode.constantBits;
import static dev.reprise.runtime.cpu.code.CellCode.parameter;
import static dev.reprise.runtime.cpu.code.CellCode.register;

import dev.reprise.runtime.cpu.code.CellCode.Comparison;

/**
 * What {@link CellFunction}s do with four cells. Operations and their order are those of the loops
 * in Java: {@code SigmoidLoops}, which says why they are right, and {@code OptimiserSteps}.
 */
final class CellFormulas {
  private static final double PER_LN2 = 1.4426950408889634;
  private static final double LN2_HIGH = 6.93147180369123816490e-01;
  private static final double LN2_LOW = 1.90821492927058770002e-10;
  private static final double LARGEST = 700;

  /** e to the power of less than this is 0, rounded. */
  private static final double VANISHING = -746;

  /** tanh is 1 from here on. */
  private static final double SATURATED = 22;

  /** 1 / n! for n from 2 on. */
  private static final double[] TAYLOR = {
    0.5,
    1 / 6.0,
    1 / 24.0,
    1 / 120.0,
    1 / 720.0,
    1 / 5040.0,
    1 / 40320.0,
    1 / 362880.0,
    1 / 3628800.0,
    1 / 39916800.0,
    1 / 479001600.0,
    1 / 6227020800.0
  };

  /** Added to a whole number, this has the number in its lowest bits, as an exponent is biased. */
  private static final double TO_EXPONENT = 0x1.8p52 + 1023;

  private static final int EXPONENT_AT = 52;
  private static final long SIGN = Long.MIN_VALUE;
  private static final double ONE = 1;

  /** Registers from this one on are kept by the functions of one register. */
  static final int FIRST_KEPT = 9;

  private CellFormulas() {}

  /**
   * From x to 2^k and e^r - 1, with x = k ln 2 + r.
   *
   * @param x is lost, and becomes e^r - 1
   * @param power becomes 2^k
   * @param spare is lost, as are five registers more
   */
  private static void split(CellCode to, int x, int power, int spare) {
    to.multiply(power, x, constant(PER_LN2));
    to.round(power, power);
    to.multiply(spare, power, constant(LN2_HIGH));
    to.subtract(x, x, register(spare));
    to.multiply(spare, power, constant(LN2_LOW));
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
    to.multiply(sum, x, constant(TAYLOR[first + 1]));
    to.add(sum, sum, constant(TAYLOR[first]));
    to.multiply(spare, x, constant(TAYLOR[first + 3]));
    to.add(spare, spare, constant(TAYLOR[first + 2]));
    to.multiply(spare, spare, register(square));
    to.add(sum, sum, register(spare));
  }

  /** Refuses cells whose absolute value is not up to 700; those of {@code but} are not refused. */
  private static void refuse(CellCode to, int x, int but, int spare) {
    to.andNot(spare, signs(to, spare), register(x));
    int largest = spare + 1;
    to.load(largest, constant(LARGEST));
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

  private static final double GELU_SCALE = 0.7978845608028654;
  private static final double GELU_CUBE = 0.044715;

  /** From here on gelu is x or 0. */
  private static final double GELU_END = 10;

  /** What x becomes at most for the logistic function, which refuses what is too large. */
  private static final double BEYOND_GELU_END = 11;

  /** The logistic function that gelu multiplies register x with, in register 0. */
  private static void geluShare(CellCode to, int x) {
    to.load(0, constant(BEYOND_GELU_END));
    to.load(1, constant(-BEYOND_GELU_END));
    // No number stays none: the second operand is the result then.
    to.least(0, 0, register(x));
    to.largest(0, 1, register(0));
    to.multiply(1, 0, register(0));
    to.multiply(1, 1, register(0));
    to.multiply(1, 1, constant(GELU_CUBE));
    to.add(0, 0, register(1));
    to.multiply(0, 0, constant(2 * GELU_SCALE));
    logisticInPlace(to);
  }

  /** As {@code ActivationLoops.Gelu}, of register x from {@link #FIRST_KEPT} on, there. */
  static void gelu(CellCode to, int x) {
    geluShare(to, x);
    to.multiply(0, 0, register(x));
    to.load(1, constant(-GELU_END));
    to.compare(2, x, Comparison.LESS, 1);
    to.load(1, constant(-0.0));
    to.choose(0, 0, 1, 2);
    to.load(1, constant(GELU_END));
    to.compare(2, x, Comparison.GREATER, 1);
    to.choose(x, 0, x, 2);
  }

  /** As {@code ActivationGradients.Gelu}, of registers dout, where it goes, and x. */
  static void geluSloped(CellCode to, int dout, int x) {
    geluShare(to, x);
    to.load(1, constant(ONE));
    to.subtract(2, 1, register(0));
    to.add(3, x, register(x));
    to.multiply(3, 3, register(0));
    to.multiply(3, 3, register(2));
    to.multiply(4, x, register(x));
    to.multiply(4, 4, constant(3 * GELU_CUBE));
    to.add(4, 4, register(1));
    to.multiply(4, 4, constant(GELU_SCALE));
    to.multiply(3, 3, register(4));
    to.add(0, 0, register(3));
    to.load(3, constant(-GELU_END));
    to.compare(2, x, Comparison.LESS, 3);
    to.andNot(0, 2, register(0));
    to.load(3, constant(GELU_END));
    to.compare(2, x, Comparison.GREATER, 3);
    to.choose(0, 0, 1, 2);
    to.multiply(dout, dout, register(0));
  }

  /** As {@code ActivationLoops.Silu}, of register x from {@link #FIRST_KEPT} on, there. */
  static void silu(CellCode to, int x) {
    to.load(0, register(x));
    logisticInPlace(to);
    to.multiply(x, x, register(0));
  }

  /** As {@code ActivationGradients.Silu}, of registers dout, where it goes, and x. */
  static void siluSloped(CellCode to, int dout, int x) {
    to.load(0, register(x));
    logisticInPlace(to);
    to.load(1, constant(ONE));
    to.subtract(2, 1, register(0));
    to.multiply(2, 2, register(x));
    to.add(2, 2, register(1));
    to.multiply(0, 0, register(2));
    to.multiply(dout, dout, register(0));
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
    to.load(spare, constant(SATURATED));
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

  /** dx + decay x, in the register of dx. */
  private static void decay(CellCode to, int x, int dx, int parameter, int spare) {
    to.multiply(spare, x, parameter(parameter));
    to.add(dx, dx, register(spare));
  }

  static void descent(CellCode to, boolean decays) {
    to.input(0, 0);
    to.input(1, 1);
    if (decays) {
      decay(to, 0, 1, 1, 2);
    }
    to.multiply(1, 1, parameter(0));
    to.subtract(0, 0, register(1));
    to.output(0, 0);
  }

  /** Reads x, dx and v, and leaves mu v and the next v in registers 2 and 3, x in 0. */
  private static void velocity(CellCode to, boolean decays) {
    to.input(0, 0);
    to.input(1, 1);
    to.input(2, 2);
    if (decays) {
      decay(to, 0, 1, 2, 3);
    }
    to.multiply(2, 2, parameter(1));
    to.multiply(1, 1, parameter(0));
    to.subtract(3, 2, register(1));
  }

  static void momentum(CellCode to, boolean decays) {
    velocity(to, decays);
    to.add(0, 0, register(3));
    to.output(0, 0);
    to.output(1, 3);
  }

  static void nesterov(CellCode to, boolean decays) {
    velocity(to, decays);
    to.subtract(0, 0, register(2));
    to.multiply(2, 3, parameter(3));
    to.add(0, 0, register(2));
    to.output(0, 0);
    to.output(1, 3);
  }

  static void scaled(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.input(2, 2);
    to.multiply(2, 2, parameter(2));
    to.multiply(3, 1, register(1));
    to.multiply(3, 3, parameter(3));
    to.add(2, 2, register(3));
    to.multiply(1, 1, parameter(0));
    to.root(3, 2);
    to.add(3, 3, parameter(1));
    to.divide(1, 1, register(3));
    to.subtract(0, 0, register(1));
    to.output(0, 0);
    to.output(1, 2);
  }

  /** Reads x, dx and the averages; leaves x, m and v in registers 0, 2 and 3. */
  private static void averages(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.input(2, 2);
    to.input(3, 3);
    to.multiply(2, 2, parameter(0));
    to.multiply(4, 1, parameter(1));
    to.add(2, 2, register(4));
    to.multiply(3, 3, parameter(2));
    to.multiply(4, 1, register(1));
    to.multiply(4, 4, parameter(3));
    to.add(3, 3, register(4));
  }

  static void adam(CellCode to) {
    averages(to);
    to.multiply(4, 2, parameter(4));
    to.root(5, 3);
    to.add(5, 5, parameter(5));
    to.divide(4, 4, register(5));
    to.subtract(0, 0, register(4));
    write(to);
  }

  static void adamw(CellCode to) {
    averages(to);
    to.divide(5, 3, parameter(8));
    to.root(5, 5);
    to.add(5, 5, parameter(5));
    to.divide(4, 2, parameter(7));
    to.divide(4, 4, register(5));
    to.multiply(5, 0, parameter(6));
    to.add(4, 4, register(5));
    to.multiply(4, 4, parameter(4));
    to.subtract(0, 0, register(4));
    write(to);
  }

  private static void write(CellCode to) {
    to.output(0, 0);
    to.output(1, 2);
    to.output(2, 3);
  }

  static void sum(CellCode to) {
    to.input(0, 0);
    to.total(0, 0);
  }

  static void squares(CellCode to) {
    to.input(0, 0);
    to.subtract(0, 0, parameter(0));
    to.multiply(0, 0, register(0));
    to.total(0, 0);
  }

  static void products(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.subtract(0, 0, parameter(0));
    to.multiply(0, 0, register(1));
    to.total(0, 0);
  }

  static void largest(CellCode to) {
    to.input(0, 0);
    to.largestTotal(0, 0);
  }

  static void powers(CellCode to) {
    to.input(0, 0);
    to.multiply(0, 0, parameter(1));
    to.subtract(0, 0, parameter(0));
    power(to);
    to.wideOutput(0, 0);
    to.total(0, 0);
  }

  static void powersAdded(CellCode to) {
    to.input(0, 0);
    to.subtract(0, 0, parameter(0));
    power(to);
    to.total(0, 0);
  }

  static void logarithms(CellCode to) {
    to.input(0, 0);
    to.subtract(0, 0, parameter(0));
    to.subtract(0, 0, parameter(1));
    to.output(0, 0);
  }

  static void sharesSloped(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.multiply(0, 0, register(1));
    to.multiply(1, 1, parameter(0));
    to.subtract(0, 0, register(1));
    to.output(0, 0);
  }

  static void losses(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.subtract(0, 0, parameter(0));
    to.load(2, parameter(1));
    to.subtract(0, 2, register(0));
    to.multiply(0, 0, register(1));
    to.load(2, constant(0));
    to.compare(1, 1, Comparison.EQUAL, 2);
    to.andNot(0, 1, register(0));
    to.total(0, 0);
  }

  static void missed(CellCode to) {
    to.wideInput(0, 0);
    to.input(1, 1);
    to.multiply(0, 0, parameter(0));
    to.subtract(0, 0, register(1));
    to.multiply(0, 0, parameter(1));
    to.output(0, 0);
  }

  static void scaledTwice(CellCode to) {
    to.wideInput(0, 0);
    to.multiply(0, 0, parameter(0));
    to.multiply(0, 0, parameter(1));
    to.output(0, 0);
  }

  static void filled(CellCode to) {
    to.load(0, parameter(0));
    to.output(0, 0);
  }

  static void moments(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.subtract(2, 0, parameter(0));
    to.multiply(2, 2, register(1));
    to.total(0, 0);
    to.total(1, 2);
    to.total(2, 1);
  }

  static void shares(CellCode to) {
    to.wideInput(0, 0);
    to.divide(0, 0, parameter(0));
    to.output(0, 0);
  }

  static void standardised(CellCode to) {
    to.input(0, 0);
    to.subtract(0, 0, parameter(0));
    to.multiply(0, 0, parameter(1));
    to.multiply(0, 0, parameter(2));
    to.add(0, 0, parameter(3));
    to.output(0, 0);
  }

  static void sloped(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.subtract(0, 0, parameter(0));
    to.multiply(0, 0, parameter(1));
    to.subtract(1, 1, parameter(2));
    to.subtract(1, 1, register(0));
    to.multiply(1, 1, parameter(3));
    to.output(0, 1);
  }

  static void normalised(CellCode to) {
    to.input(0, 0);
    to.wideInput(1, 1);
    to.wideInput(2, 2);
    to.subtract(0, 0, parameter(0));
    to.multiply(0, 0, parameter(1));
    to.multiply(1, 0, register(1));
    to.add(1, 1, register(2));
    to.output(0, 1);
    to.output(1, 0);
  }

  static void weighted(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.wideInput(2, 2);
    to.wideInput(3, 3);
    to.wideInput(4, 4);
    to.add(4, 4, register(0));
    to.wideOutput(1, 4);
    to.multiply(2, 0, register(2));
    to.multiply(0, 0, register(1));
    to.add(3, 3, register(0));
    to.wideOutput(0, 3);
    to.multiply(1, 1, register(2));
    to.total(0, 2);
    to.total(1, 1);
  }

  static void unweighted(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.wideInput(2, 2);
    to.multiply(0, 0, register(2));
    to.subtract(0, 0, parameter(0));
    to.multiply(1, 1, parameter(1));
    to.subtract(0, 0, register(1));
    to.multiply(0, 0, parameter(2));
    to.output(0, 0);
  }

  static void threeAdded(CellCode to) {
    to.wideInput(0, 0);
    for (int i = 0; i < 3; i++) {
      to.input(1 + i, 1 + i);
      to.multiply(1 + i, 1 + i, parameter(i));
      to.add(0, 0, register(1 + i));
    }
    to.wideOutput(0, 0);
  }

  static void added(CellCode to) {
    to.wideInput(0, 0);
    to.input(1, 1);
    to.multiply(1, 1, parameter(0));
    to.add(0, 0, register(1));
    to.wideOutput(0, 0);
  }

  static void rounded(CellCode to) {
    to.wideInput(0, 0);
    to.output(0, 0);
  }

  static void shifted(CellCode to) {
    to.input(0, 0);
    to.add(0, 0, parameter(0));
    to.output(0, 0);
  }

  static void stretched(CellCode to) {
    to.input(0, 0);
    to.multiply(0, 0, parameter(0));
    to.output(0, 0);
  }

  private static final int PHILOX_ROUNDS = 10;

  /** Bits of a random number that are left out, of 64. */
  private static final int LEFT_OUT = 11;

  /**
   * Of sixteen cells: two times four blocks, which do not wait for each other. Of each word of
   * blocks there is a register, of whose lanes the lower halves count.
   */
  static void thinned(CellCode to) {
    int[][] words = {{0, 1, 2, 3}, {4, 5, 6, 7}};
    int[][] products = {{8, 9}, {10, CellCode.SPARE_WITHOUT_MASKS}};
    int blocks = CellCode.carried(0);
    for (int[] set : words) {
      to.load(set[0], register(blocks));
      to.shiftRight(set[1], blocks, Integer.SIZE);
      to.load(set[2], parameter(2));
      to.flipWhole(set[3], set[3], register(set[3]));
      to.addWhole(blocks, blocks, parameter(3));
    }
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
      for (int i = 0; i < 2; i++) {
        to.multiplyWhole(products[i][0], words[i][0], parameter(4));
        to.multiplyWhole(products[i][1], words[i][2], parameter(5));
        to.flipWhole(words[i][1], words[i][1], parameter(6 + round));
        to.flipWhole(words[i][3], words[i][3], parameter(6 + PHILOX_ROUNDS + round));
      }
      for (int i = 0; i < 2; i++) {
        to.shiftRight(words[i][0], products[i][1], Integer.SIZE);
        to.flipWhole(words[i][0], words[i][0], register(words[i][1]));
        to.shiftRight(words[i][2], products[i][0], Integer.SIZE);
        to.flipWhole(words[i][2], words[i][2], register(words[i][3]));
        // The lower halves of products are words, too: they change places with those of before.
        int second = words[i][1];
        int fourth = words[i][3];
        words[i][1] = products[i][1];
        words[i][3] = products[i][0];
        products[i][0] = second;
        products[i][1] = fourth;
      }
    }
    for (int i = 0; i < 2; i++) {
      int[] word = words[i];
      int low = products[i][0];
      int high = products[i][1];
      to.shiftLeft(word[1], word[1], Integer.SIZE);
      to.joinHalves(word[0], word[0], word[1]);
      to.shiftLeft(word[3], word[3], Integer.SIZE);
      to.joinHalves(word[2], word[2], word[3]);
      // From numbers of even cells and of odd ones to those of the first four and of the others.
      to.lowerOfPairs(low, word[0], word[2]);
      to.upperOfPairs(high, word[0], word[2]);
      to.joinPairs(word[0], low, high, 0x20);
      to.joinPairs(word[2], low, high, 0x31);
      thin(to, 2 * i, word[0], low);
      thin(to, 2 * i + 1, word[2], low);
    }
  }

  private static void thin(CellCode to, int group, int bits, int cells) {
    to.at(group);
    to.shiftRight(bits, bits, LEFT_OUT);
    to.load(cells, parameter(1));
    to.largerWhole(bits, cells, bits);
    to.input(cells, 0);
    to.divide(cells, cells, parameter(0));
    to.and(cells, cells, register(bits));
    to.output(0, cells);
    to.at(0);
  }
}
