package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * The activations that multiply with a logistic function, and their slopes, of a group of cells.
 */
final class ActivationFormulas {
  /** What x becomes at most for the logistic function, which refuses what is too large. */
  private static final double BEYOND_END = GeluConstants.END + 1;

  private static final double ONE = 1;

  private ActivationFormulas() {}

  /** The logistic function that gelu multiplies register x with, in register 0. */
  private static void geluShare(CellCode to, int x) {
    geluArgument(to, x);
    ExponentialFormulas.logisticInPlace(to);
  }

  /** What it is a function of. */
  static void geluArgument(CellCode to, int x) {
    to.load(0, constant(BEYOND_END));
    to.load(1, constant(-BEYOND_END));
    // No number stays none: the second operand is the result then.
    to.least(0, 0, register(x));
    to.largest(0, 1, register(0));
    to.multiply(1, 0, register(0));
    to.multiply(1, 1, register(0));
    to.multiply(1, 1, constant(GeluConstants.CUBE));
    to.add(0, 0, register(1));
    to.multiply(0, 0, constant(2 * GeluConstants.SCALE));
  }

  /**
   * As {@code ActivationLoops.Gelu}, of register x from {@link ExponentialFormulas#FIRST_KEPT} on,
   * there.
   */
  static void gelu(CellCode to, int x) {
    geluShare(to, x);
    geluOfShare(to, x);
  }

  /** From what x is multiplied with, in register 0, to the result in register x. */
  static void geluOfShare(CellCode to, int x) {
    to.multiply(0, 0, register(x));
    to.load(1, constant(-GeluConstants.END));
    to.load(3, constant(-0.0));
    to.chooseWhere(0, 0, 3, x, Comparison.LESS, 1, 2);
    to.load(1, constant(GeluConstants.END));
    to.chooseWhere(x, 0, x, x, Comparison.GREATER, 1, 2);
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
    to.multiply(4, 4, constant(3 * GeluConstants.CUBE));
    to.add(4, 4, register(1));
    to.multiply(4, 4, constant(GeluConstants.SCALE));
    to.multiply(3, 3, register(4));
    to.add(0, 0, register(3));
    to.load(3, constant(-GeluConstants.END));
    to.clearWhere(0, x, Comparison.LESS, 3, 2);
    to.load(3, constant(GeluConstants.END));
    to.chooseWhere(0, 0, 1, x, Comparison.GREATER, 3, 2);
    to.multiply(dout, dout, register(0));
  }

  /**
   * As {@code ActivationLoops.Silu}, of register x from {@link ExponentialFormulas#FIRST_KEPT} on,
   * there.
   */
  static void silu(CellCode to, int x) {
    to.load(0, register(x));
    ExponentialFormulas.logisticInPlace(to);
    to.multiply(x, x, register(0));
  }

  /** As {@code ActivationGradients.Silu}, of registers dout, where it goes, and x. */
  static void siluSloped(CellCode to, int dout, int x) {
    to.load(0, register(x));
    ExponentialFormulas.logisticInPlace(to);
    to.load(1, constant(ONE));
    to.subtract(2, 1, register(0));
    to.multiply(2, 2, register(x));
    to.add(2, 2, register(1));
    to.multiply(0, 0, register(2));
    to.multiply(dout, dout, register(0));
  }

  /** As {@code ActivationLoops.Elu}, of registers x, where it goes, and alpha. */
  static void elu(CellCode to, int x, int alpha) {
    to.load(0, constant(0));
    // No number stays none, and a zero keeps its sign: the second operand is the result then.
    to.least(0, 0, register(x));
    ExponentialFormulas.lessOneInPlace(to);
    to.multiply(0, 0, register(alpha));
    to.load(1, constant(0));
    to.chooseWhere(x, 0, x, x, Comparison.GREATER, 1, 2);
  }
}
