package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.AngleSeries.COSINE_10;
import static dev.reprise.runtime.cpu.code.AngleSeries.COSINE_12;
import static dev.reprise.runtime.cpu.code.AngleSeries.COSINE_14;
import static dev.reprise.runtime.cpu.code.AngleSeries.COSINE_4;
import static dev.reprise.runtime.cpu.code.AngleSeries.COSINE_6;
import static dev.reprise.runtime.cpu.code.AngleSeries.COSINE_8;
import static dev.reprise.runtime.cpu.code.AngleSeries.SINE_11;
import static dev.reprise.runtime.cpu.code.AngleSeries.SINE_13;
import static dev.reprise.runtime.cpu.code.AngleSeries.SINE_3;
import static dev.reprise.runtime.cpu.code.AngleSeries.SINE_5;
import static dev.reprise.runtime.cpu.code.AngleSeries.SINE_7;
import static dev.reprise.runtime.cpu.code.AngleSeries.SINE_9;
import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * Sines and cosines of a group of cells: the operations of {@link AngleSeries}, in their order.
 * Refuses cells beyond {@link AngleSeries#LARGEST}.
 */
final class AngleFormulas {
  private static final long SIGN = Long.MIN_VALUE;

  /** Added to a whole number, leaves that in the lowest bits. */
  private static final double TO_WHOLE = 0x1.8p52;

  private AngleFormulas() {}

  /**
   * The sine of register x from {@link ExponentialFormulas#FIRST_KEPT} on, there; those below are
   * lost.
   */
  static void sin(CellCode to, int x) {
    ofQuadrant(to, x, 0);
    to.load(1, constant(0));
    to.chooseWhere(x, 0, x, x, Comparison.EQUAL, 1, 2);
  }

  /** Likewise the cosine. */
  static void cos(CellCode to, int x) {
    ofQuadrant(to, x, 1);
    to.load(x, register(0));
  }

  /** The sine of register x and so many right angles in register 0. */
  private static void ofQuadrant(CellCode to, int x, int quarters) {
    to.load(1, constantBits(SIGN));
    to.andNot(0, 1, register(x));
    to.load(1, constant(AngleSeries.LARGEST));
    to.refuseWhere(0, Comparison.GREATER, 1, 2);
    reduce(to, x);
    to.add(0, 0, constant(TO_WHOLE + quarters));
    to.multiply(1, 2, register(2));
    sine(to);
    cosine(to);
    int even = 1;
    to.and(even, 0, constantBits(1));
    to.equalZero(even, even);
    to.and(4, 4, register(even));
    to.andNot(5, even, register(5));
    to.or(4, 4, register(5));
    to.shiftLeft(0, 0, 62);
    to.and(0, 0, constantBits(SIGN));
    to.flip(0, 4, 0);
  }

  /** From x to n in register 0, the angle in 2, and its rest in 3. */
  private static void reduce(CellCode to, int x) {
    int n = 0;
    to.multiply(n, x, constant(AngleSeries.PER_HALF_PI));
    to.round(n, n);
    to.multiply(2, n, constant(AngleSeries.FIRST_PART));
    to.subtract(1, x, register(2));
    subtractPart(to, 1, 3, 5, AngleSeries.SECOND_PART);
    subtractPart(to, 3, 1, 2, AngleSeries.THIRD_PART);
    to.add(5, 5, register(2));
    to.multiply(2, n, constant(AngleSeries.REST));
    to.subtract(5, 5, register(2));
    to.add(2, 1, register(5));
    to.subtract(3, 1, register(2));
    to.add(3, 3, register(5));
  }

  /**
   * Subtracts a multiple of a part.
   *
   * @param one is lost
   * @param lost becomes what rounding has taken; register 4 is lost, too
   */
  private static void subtractPart(CellCode to, int one, int difference, int lost, double part) {
    int taken = 4;
    to.multiply(taken, 0, constant(part));
    to.subtract(difference, one, register(taken));
    to.subtract(taken, one, register(difference));
    to.add(lost, difference, register(taken));
    to.subtract(lost, one, register(lost));
    // The product once more, for which there was no register.
    int product = one;
    to.multiply(product, 0, constant(part));
    to.subtract(taken, taken, register(product));
    to.add(lost, lost, register(taken));
  }

  /** The sine of register 2, with the rest 3 and the square 1, in 4; 5 is lost. */
  private static void sine(CellCode to) {
    int r = 4;
    int cube = 5;
    polynomial(to, r, SINE_13, SINE_11, SINE_9, SINE_7, SINE_5);
    to.multiply(cube, 1, register(2));
    to.multiply(r, cube, register(r));
    to.multiply(3, 3, constant(0.5));
    to.subtract(r, 3, register(r));
    // Exactly the rest again.
    to.add(3, 3, register(3));
    to.multiply(r, 1, register(r));
    to.subtract(r, r, register(3));
    to.multiply(cube, cube, constant(SINE_3));
    to.subtract(r, r, register(cube));
    to.subtract(r, 2, register(r));
  }

  /** Likewise the cosine, in 5; 1, 2 and 3 are lost. */
  private static void cosine(CellCode to) {
    int r = 5;
    polynomial(to, r, COSINE_14, COSINE_12, COSINE_10, COSINE_8, COSINE_6, COSINE_4);
    to.multiply(r, 1, register(r));
    to.multiply(r, 1, register(r));
    to.multiply(3, 2, register(3));
    to.subtract(r, r, register(3));
    int half = 1;
    to.multiply(half, half, constant(0.5));
    to.load(2, constant(1));
    to.subtract(3, 2, register(half));
    to.subtract(2, 2, register(3));
    to.subtract(2, 2, register(half));
    to.add(2, 2, register(r));
    to.add(r, 3, register(2));
  }

  /** A polynomial of register 1, the factor of its highest power first. */
  private static void polynomial(CellCode to, int result, double first, double... next) {
    to.multiply(result, 1, constant(first));
    for (int i = 0; i < next.length - 1; i++) {
      to.add(result, result, constant(next[i]));
      to.multiply(result, result, register(1));
    }
    to.add(result, result, constant(next[next.length - 1]));
  }
}
