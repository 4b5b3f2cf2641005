package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/** What softmax, the losses after it and their gradients do with a group of cells of a row. */
final class LossFormulas {
  private LossFormulas() {}

  static void powers(CellCode to) {
    to.input(0, 0);
    to.multiply(0, 0, parameter(1));
    to.subtract(0, 0, parameter(0));
    ExponentialFormulas.power(to);
    to.doublesOutput(0, 0);
    to.total(0, 0);
  }

  static void rowPowers(CellCode to) {
    to.input(0, 0);
    to.subtract(0, 0, parameter(0));
    ExponentialFormulas.power(to);
    to.doublesOutput(1, 0);
    to.total(0, 0);
  }

  static void rowShares(CellCode to) {
    to.doublesInput(0, 1);
    to.divide(0, 0, parameter(0));
    to.output(0, 0);
  }

  /** Of the largest x; a positive number leaves it the largest. */
  static void scaledLargest(CellCode to) {
    to.multiply(0, 0, parameter(1));
  }

  static void scaledRowPowers(CellCode to) {
    to.input(0, 0);
    to.multiply(0, 0, parameter(1));
    to.subtract(0, 0, parameter(0));
    ExponentialFormulas.power(to);
    to.doublesOutput(1, 0);
    to.total(0, 0);
  }

  static void scaledRowShares(CellCode to) {
    to.doublesInput(0, 1);
    to.divide(0, 0, parameter(2));
    to.output(0, 0);
  }

  static void weightsSloped(CellCode to) {
    to.input(0, 0);
    to.multiply(0, 0, parameter(0));
    to.subtract(0, 0, parameter(1));
    ExponentialFormulas.power(to);
    to.input(1, 1);
    to.subtract(1, 1, parameter(2));
    to.multiply(1, 0, register(1));
    to.multiply(1, 1, parameter(0));
    to.output(1, 1);
    to.output(0, 0);
  }

  static void powersAdded(CellCode to) {
    to.input(0, 0);
    to.subtract(0, 0, parameter(0));
    ExponentialFormulas.power(to);
    to.total(0, 0);
  }

  static void shares(CellCode to) {
    to.doublesInput(0, 0);
    to.divide(0, 0, parameter(0));
    to.output(0, 0);
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
    to.clearWhere(0, 1, Comparison.EQUAL, 2, 1);
    to.total(0, 0);
  }

  static void missed(CellCode to) {
    to.doublesInput(0, 0);
    to.input(1, 1);
    to.multiply(0, 0, parameter(0));
    to.subtract(0, 0, register(1));
    to.multiply(0, 0, parameter(1));
    to.output(0, 0);
  }

  static void scaledTwice(CellCode to) {
    to.doublesInput(0, 0);
    to.multiply(0, 0, parameter(0));
    to.multiply(0, 0, parameter(1));
    to.output(0, 0);
  }
}
