package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * What filters of 3 x 3 cells do with a group of cells of a channel: each cell of a filter meets
 * cells that are always as far away, in three rows, which are three inputs of doubles.
 */
final class TapFormulas {
  private static final int WIDTH = 3;
  private static final int ROWS = 3;

  /** Registers from here on hold the cells of the filter. */
  private static final int FIRST_TAP = 2;

  private TapFormulas() {}

  /** What is done once for all cells. */
  static void loadTaps(CellCode to) {
    for (int i = 0; i < ROWS * WIDTH; i++) {
      to.load(FIRST_TAP + i, parameter(i));
    }
  }

  /** The sum of products, row by row, of a filter whose cells meet those further on. */
  static void forwards(CellCode to) {
    sum(to, false);
  }

  /** Likewise of one whose first cells meet those furthest on in their rows. */
  static void backwards(CellCode to) {
    sum(to, true);
  }

  private static void sum(CellCode to, boolean isBackwards) {
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < WIDTH; i++) {
        int tap = FIRST_TAP + row * WIDTH + i;
        to.doublesInput(1, row, isBackwards ? WIDTH - 1 - i : i);
        to.multiply(1, 1, register(tap));
        if (tap == FIRST_TAP) {
          // As if it were added to 0: there is no zero below 0.
          to.add(0, 1, constant(0));
        } else {
          to.add(0, 0, register(1));
        }
      }
    }
    to.output(0, 0);
  }

  /** The products of cells, and of those behind them, with others. */
  static void products(CellCode to) {
    to.doublesInput(3, 1);
    for (int i = 0; i < WIDTH; i++) {
      to.doublesInput(i, 0, i);
      to.multiply(i, i, register(3));
      to.total(i, i);
    }
  }
}
