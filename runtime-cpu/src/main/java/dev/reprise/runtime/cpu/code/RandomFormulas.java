package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * Cells made of random bits: the operations, in their order, of {@code UniformDistribution} and
 * {@code NormalDistribution}, which say what they are.
 */
final class RandomFormulas {
  // A number of 53 bits is the sum of 32 upper ones and of 21 lower ones; each becomes a double by
  // an exponent in front of it, with which its lowest bit is worth 2^-32, and 2^-53.
  private static final double UPPER_BEFORE = 0x1p20;
  private static final double LOWER_BEFORE = 0x1p-1;
  private static final int LOWER_BITS = 21;
  private static final long HALF = 0xFFFFFFFFL;

  private static final long SIGN = Long.MIN_VALUE;
  private static final int EXPONENT_AT = 52;
  private static final long MANTISSA = (1L << EXPONENT_AT) - 1;

  /** Added to an exponent, this is above 0. */
  private static final long BIAS = 1024;

  /** A whole number up to 2^52 in its lowest bits. */
  private static final double WHOLE = 0x1p52;

  /** Added to a whole number, this has the number in its lowest bits. */
  private static final double TO_WHOLE = 0x1.8p52;

  private final CellCode to;
  private final PhiloxBlocks blocks;

  private RandomFormulas(CellCode to) {
    this.to = to;
    this.blocks = PhiloxBlocks.next(to);
  }

  /** Of four groups of cells. */
  static void uniform(CellCode to) {
    RandomFormulas of = new RandomFormulas(to);
    for (int set = 0; set < PhiloxBlocks.SETS; set++) {
      of.uniformCells(set);
    }
  }

  /** Likewise. */
  static void normal(CellCode to) {
    RandomFormulas of = new RandomFormulas(to);
    for (int set = 0; set < PhiloxBlocks.SETS; set++) {
      of.toUnit(set, 0);
      of.toUnit(set, 2);
    }
    for (int set = 0; set < PhiloxBlocks.SETS; set++) {
      of.normalCells(set);
    }
  }

  private void uniformCells(int set) {
    for (int word = 0; word <= 2; word += 2) {
      toUnit(set, word);
      int cells = blocks.word(set, word);
      to.multiply(cells, cells, parameter(RandomNumbers.SPAN));
      to.add(cells, cells, parameter(RandomNumbers.MIN));
      to.least(cells, cells, parameter(RandomNumbers.LAST));
    }
    write(set, blocks.word(set, 0), blocks.word(set, 2), blocks.spare(set, 0));
  }

  /** From a set's words, this and the next one, to numbers from 0 to before 1, exactly. */
  private void toUnit(int set, int word) {
    int lower = blocks.word(set, word);
    int upper = blocks.word(set, word + 1);
    to.and(upper, upper, constantBits(HALF));
    to.or(upper, upper, constant(UPPER_BEFORE));
    to.subtract(upper, upper, constant(UPPER_BEFORE + LOWER_BEFORE));
    to.shiftLeft(lower, lower, Integer.SIZE);
    to.shiftRight(lower, lower, Long.SIZE - LOWER_BITS);
    to.or(lower, lower, constant(LOWER_BEFORE));
    to.add(lower, upper, register(lower));
  }

  private void write(int set, int even, int odd, int spare) {
    PhiloxBlocks.weave(to, even, odd, spare);
    to.at(2 * set);
    to.output(0, even);
    to.at(2 * set + 1);
    to.output(0, odd);
    to.at(0);
  }

  private void normalCells(int set) {
    int radius = blocks.word(set, 0);
    int turns = blocks.word(set, 2);
    // What both sets had for words that are joined now.
    int[] spare = {
      blocks.word(0, 1),
      blocks.word(0, 3),
      blocks.word(1, 1),
      blocks.word(1, 3),
      blocks.spare(0, 0),
      blocks.spare(0, 1),
      blocks.spare(1, 0),
      blocks.spare(1, 1)
    };
    radius(radius, spare);
    directions(turns, spare);
    int x = spare[0];
    int y = spare[1];
    to.multiply(x, x, register(radius));
    to.multiply(y, y, register(radius));
    write(set, x, y, radius);
  }

  /** sqrt(-2 ln(1 - u)), in place. */
  private void radius(int u, int[] spare) {
    int x = spare[5];
    to.load(x, constant(1));
    to.subtract(u, x, register(u));
    log(u, spare);
    to.multiply(u, u, constant(-2));
    to.root(u, u);
  }

  /** ln x of a normal number above 0, in place; the first six spare registers are lost. */
  private void log(int x, int[] spare) {
    int exponent = spare[0];
    int f = spare[1];
    int s = spare[2];
    int z = spare[3];
    int series = spare[4];
    to.addWhole(f, x, constantBits((BIAS << EXPONENT_AT) - NormalSeries.MANTISSA_START));
    to.shiftRight(exponent, f, EXPONENT_AT);
    to.or(exponent, exponent, constant(WHOLE));
    to.subtract(exponent, exponent, constant(WHOLE + BIAS));
    to.and(f, f, constantBits(MANTISSA));
    to.addWhole(f, f, constantBits(NormalSeries.MANTISSA_START));
    to.subtract(f, f, constant(1));
    to.add(s, f, constant(2));
    to.divide(s, f, register(s));
    to.multiply(z, s, register(s));
    series(series, z, NormalSeries.logTerms());
    to.multiply(series, series, register(z));
    int half = z;
    to.multiply(half, f, constant(0.5));
    to.multiply(half, half, register(f));
    to.add(series, half, register(series));
    to.multiply(series, s, register(series));
    to.multiply(s, exponent, constant(NormalSeries.LN2_LOW));
    to.add(series, series, register(s));
    to.subtract(half, half, register(series));
    to.subtract(half, half, register(f));
    to.multiply(exponent, exponent, constant(NormalSeries.LN2_HIGH));
    to.subtract(x, exponent, register(half));
  }

  /** The terms, each times a power of z from none on. */
  private void series(int result, int z, double[] terms) {
    to.load(result, constant(terms[terms.length - 1]));
    for (int i = terms.length - 2; i >= 0; i--) {
      to.multiply(result, result, register(z));
      to.add(result, result, constant(terms[i]));
    }
  }

  /** The cosine and the sine of so many turns, in the first two spare registers. */
  private void directions(int turns, int[] spare) {
    int x = spare[0];
    int y = spare[1];
    int nearest = spare[2];
    int angle = turns;
    int square = spare[3];
    int other = spare[4];
    to.multiply(turns, turns, constant(4));
    to.add(nearest, turns, constant(0.5));
    to.floor(nearest, nearest);
    to.subtract(angle, turns, register(nearest));
    to.multiply(angle, angle, constant(NormalSeries.QUARTER_TURN));
    to.multiply(square, angle, register(angle));
    series(y, square, NormalSeries.sinTerms());
    to.multiply(other, square, register(angle));
    to.multiply(y, other, register(y));
    to.add(y, angle, register(y));
    series(x, square, NormalSeries.cosTerms());
    to.multiply(x, square, register(x));
    to.multiply(x, square, register(x));
    to.multiply(square, square, constant(0.5));
    to.subtract(square, square, register(x));
    to.load(x, constant(1));
    to.subtract(x, x, register(square));
    turn(x, y, nearest, new int[] {square, other});
  }

  /** Turns cosines and sines by so many quarters, a number that is lost. */
  private void turn(int x, int y, int quarters, int[] spare) {
    int odd = spare[0];
    int changed = spare[1];
    to.add(quarters, quarters, constant(TO_WHOLE));
    to.shiftLeft(odd, quarters, Long.SIZE - 1);
    to.load(changed, constantBits(0));
    to.largerWhole(odd, changed, odd);
    to.flip(changed, x, y);
    to.and(changed, changed, register(odd));
    to.flip(x, x, changed);
    to.flip(y, y, changed);
    int sign = odd;
    to.addWhole(sign, quarters, constantBits(1));
    turnSign(x, sign);
    turnSign(y, quarters);
  }

  /** Turns signs around where the second bit of a whole number is set, which is lost. */
  private void turnSign(int cells, int number) {
    to.shiftLeft(number, number, Long.SIZE - 2);
    to.and(number, number, constantBits(SIGN));
    to.flip(cells, cells, number);
  }
}
