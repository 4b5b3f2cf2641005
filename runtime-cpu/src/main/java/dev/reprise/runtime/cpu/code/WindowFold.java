package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

import dev.reprise.runtime.Precision;

/**
 * What the cells under a window become, in machine code: one more is folded in at a time, first
 * those of a column, then those that the columns became. Vectors of windows that lie side by side
 * are folded at once, none of which depends on another.
 */
enum WindowFold {
  /** From 0 on, one after the other. */
  SUM(0) {
    @Override
    void begin(VectorCode code) {
      code.assembler().clear(FOLDED);
    }

    @Override
    void foldCell(VectorCode code) {
      code.add(FOLDED, FOLDED, register(CELL));
    }
  },

  /**
   * As {@link Math#max} has it: not a number (of other bits) where one is, and 0 rather than -0.
   */
  LARGEST(Double.NEGATIVE_INFINITY) {
    @Override
    void begin(VectorCode code) {
      code.load(FOLDED, constant(Double.NEGATIVE_INFINITY));
    }

    @Override
    void foldCell(VectorCode code) {
      // The instruction gives its second operand, of zeros or with what is no number: asked twice,
      // both have the bits that zeros are to have.
      code.compare(SPARE, FOLDED, Comparison.NEITHER_ORDERED, CELL);
      code.largest(OTHER, FOLDED, register(CELL));
      code.largest(FOLDED, CELL, register(FOLDED));
      code.and(FOLDED, FOLDED, register(OTHER));
      code.or(FOLDED, FOLDED, register(SPARE));
    }
  },

  /**
   * The place of the largest cell, of equal ones the first; what is no number is passed over. No
   * place, which is larger than any, where there is but that and minus infinity.
   */
  PLACE(Double.NEGATIVE_INFINITY) {
    @Override
    void begin(VectorCode code) {
      code.load(FOLDED, constant(Double.NEGATIVE_INFINITY));
      code.load(FOLDED_PLACE, parameter(NO_PLACE));
    }

    @Override
    void foldCell(VectorCode code) {
      choosePlace(code);
      code.add(PLACE_OF_CELL, PLACE_OF_CELL, register(PLACES_OF_ROW));
    }

    @Override
    void foldColumn(VectorCode code) {
      // Of equal ones the place that is less, which is the first by rows.
      code.least(OTHER, PLACE_OF_CELL, register(FOLDED_PLACE));
      code.chooseWhere(FOLDED_PLACE, FOLDED_PLACE, OTHER, CELL, Comparison.EQUAL, FOLDED, SPARE);
      choosePlace(code);
    }

    private static void choosePlace(VectorCode code) {
      code.chooseWhere(
          FOLDED_PLACE, FOLDED_PLACE, PLACE_OF_CELL, CELL, Comparison.GREATER, FOLDED, SPARE);
      // With what is no number the second.
      code.largest(FOLDED, CELL, register(FOLDED));
    }
  };

  // Vector registers.
  static final int CELL = 0;
  static final int FOLDED = 1;
  static final int PLACE_OF_CELL = 2;
  static final int FOLDED_PLACE = 3;

  /** How many cells a row has, which is from a place to the one below. */
  static final int PLACES_OF_ROW = 4;

  /** The places of the first row's cells. */
  static final int FIRST_PLACES = 5;

  private static final int OTHER = 6;
  private static final int SPARE = 7;

  // Numbers of the call.
  static final int FACTOR = 0;
  static final int ROW_PLACES = 1;
  static final int NO_PLACE = 2;

  /** How many cells of a row are in its last group and in the one before. */
  static final int PLACES_AGAIN = 3;

  static final int NUMBERS = 4;

  private final double padding;

  WindowFold(double padding) {
    this.padding = padding;
  }

  /** Sums of floats are computed in double; what is largest of them is so as floats. */
  CellForm form(Precision precision) {
    return this == SUM || precision == Precision.FP64 ? CellForm.of(precision) : CellForm.FLOATS;
  }

  /** What is folded in where an image has no cell, and changes nothing. */
  double padding() {
    return padding;
  }

  /** Before the first cell. */
  abstract void begin(VectorCode code);

  /** Folds in what is in {@link #CELL}, the next in its column. */
  abstract void foldCell(VectorCode code);

  /** Folds in what a column has become, from the left to the right. */
  void foldColumn(VectorCode code) {
    foldCell(code);
  }
}
