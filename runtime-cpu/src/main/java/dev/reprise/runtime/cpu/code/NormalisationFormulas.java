package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/** What normalisations of rows and channels, and their gradients, do with a group of cells. */
final class NormalisationFormulas {
  private NormalisationFormulas() {}

  static void moments(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.subtract(2, 0, parameter(0));
    to.multiply(2, 2, register(1));
    to.total(0, 0);
    to.total(1, 2);
    to.total(2, 1);
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

  /** Of a sum; number 2 is how many cells there are. */
  static void mean(CellCode to) {
    to.divide(0, 0, parameter(2));
  }

  /** Of a sum of squares, with number 3 added to their mean; number 2 is how many there are. */
  static void inverseDeviation(CellCode to) {
    to.divide(0, 0, parameter(2));
    to.add(0, 0, parameter(3));
    to.root(0, 0);
    to.load(1, constant(1));
    to.divide(0, 1, register(0));
  }

  /** Of two sums; number 3 is how many cells there are. */
  static void means(CellCode to) {
    to.divide(0, 0, parameter(3));
    to.divide(1, 1, parameter(3));
  }

  static void normalised(CellCode to) {
    to.input(0, 0);
    to.doublesInput(1, 1);
    to.doublesInput(2, 2);
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
    to.doublesInput(2, 2);
    to.doublesInput(3, 3);
    to.doublesInput(4, 4);
    to.add(4, 4, register(0));
    to.doublesOutput(2, 4);
    to.multiply(2, 0, register(2));
    to.multiply(0, 0, register(1));
    to.add(3, 3, register(0));
    to.doublesOutput(1, 3);
    to.multiply(1, 1, register(2));
    to.total(0, 2);
    to.total(1, 1);
  }

  static void unweighted(CellCode to) {
    to.input(0, 0);
    to.input(1, 1);
    to.doublesInput(2, 2);
    to.multiply(0, 0, register(2));
    to.subtract(0, 0, parameter(0));
    to.multiply(1, 1, parameter(1));
    to.subtract(0, 0, register(1));
    to.multiply(0, 0, parameter(2));
    to.output(0, 0);
  }
}
