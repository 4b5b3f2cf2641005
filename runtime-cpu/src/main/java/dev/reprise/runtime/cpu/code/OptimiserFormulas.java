package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/** Steps of optimisers on a group of cells, in the order of {@code OptimiserSteps}. */
final class OptimiserFormulas {
  private OptimiserFormulas() {}

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
}
