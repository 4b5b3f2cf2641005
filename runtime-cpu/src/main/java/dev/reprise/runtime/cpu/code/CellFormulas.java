package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/** Sums and simple maps that many layers share, of a group of cells. */
final class CellFormulas {
  private CellFormulas() {}

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

  static void largestNumber(CellCode to) {
    to.input(0, 0);
    to.refuseWhere(0, Comparison.NEITHER_ORDERED, 0, 1);
    to.largestTotal(0, 0);
  }

  static void filled(CellCode to) {
    to.load(0, parameter(0));
    to.output(0, 0);
  }

  static void added(CellCode to) {
    to.doublesInput(0, 0);
    to.input(1, 1);
    to.multiply(1, 1, parameter(0));
    to.add(0, 0, register(1));
    to.doublesOutput(0, 0);
  }

  static void threeAdded(CellCode to) {
    to.doublesInput(0, 0);
    for (int i = 0; i < 3; i++) {
      to.input(1 + i, 1 + i);
      to.multiply(1 + i, 1 + i, parameter(i));
      to.add(0, 0, register(1 + i));
    }
    to.doublesOutput(0, 0);
  }

  static void rounded(CellCode to) {
    to.doublesInput(0, 0);
    to.output(0, 0);
  }

  static void widened(CellCode to) {
    to.input(0, 0);
    to.doublesOutput(0, 0);
  }
}
