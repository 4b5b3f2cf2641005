package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.lang.foreign.MemorySegment;

/**
 * As {@link RowShares}, of some rows of a matrix at a time and in machine code alone, with the same
 * bits: the powers e^(x - the row's largest), and what is made of them. Belongs to one task.
 */
final class RowsShares {
  private final DenseMatrix x;
  private final long cols;
  private final int most;
  private final RowsCode code;
  private final double[] largest;
  private final double[] sums;

  /** Powers of some rows; null where sums alone are wanted. */
  private final MemorySegment powers;

  private RowsShares(DenseMatrix x, long rows, Scratch scratch) {
    this.x = x;
    this.cols = x.cols();
    this.most = RowsCode.rows(rows, cols);
    this.code = new RowsCode(x.precision(), most, 2, 1);
    this.largest = new double[most];
    this.sums = new double[most];
    this.powers = scratch == null ? null : scratch.doubles(most * cols);
  }

  /** Of up to so many rows, with their powers. */
  static RowsShares of(DenseMatrix x, long rows, Scratch scratch) {
    return new RowsShares(x, rows, scratch);
  }

  /** As the other, without powers. */
  static RowsShares ofSums(DenseMatrix x, long rows) {
    return new RowsShares(x, rows, null);
  }

  /** What is done with some rows: from one on, and how many. */
  @FunctionalInterface
  interface Step {
    void run(long row, int count);
  }

  /**
   * Goes through rows, some at a time.
   *
   * @param step after which the powers, or sums, are those of these rows
   * @param others what is done instead where a cell was refused
   */
  void forEach(long from, long to, Step step, Step others) {
    for (long row = from; row < to; row += most) {
      int count = (int) Math.min(most, to - row);
      if (raise(row, count)) {
        step.run(row, count);
      } else {
        others.run(row, count);
      }
    }
  }

  /** False when a cell was refused. */
  private boolean raise(long row, int count) {
    long at = row * cols;
    RowsCode.Rows rows = RowsCode.Rows.of(x);
    code.run(CellFunction.LARGEST, rows, at, count, cols);
    for (int i = 0; i < count; i++) {
      largest[i] = code.total(i);
    }
    boolean done;
    if (powers == null) {
      for (int i = 0; i < count; i++) {
        code.number(i, largest[i]);
      }
      done = code.run(CellFunction.POWERS_ADDED, rows, at, count, cols);
    } else {
      for (int i = 0; i < count; i++) {
        code.number(2 * i, largest[i]);
        code.number(2 * i + 1, 1);
      }
      done = code.runToDoubles(CellFunction.POWERS, x, powers, at, count, cols);
    }
    for (int i = 0; i < count; i++) {
      sums[i] = code.total(i);
    }
    return done;
  }

  /** The logarithm of one of the rows' sums, less that of a cell's power. */
  double loss(int row, double cell) {
    return Math.log(sums[row]) - (cell - largest[row]);
  }

  /**
   * Writes softmax(x) wanted factor.
   *
   * @param wanted of each of the rows
   */
  void scale(double[] wanted, double factor, DenseMatrix out, long row, int count) {
    for (int i = 0; i < count; i++) {
      code.number(2 * i, wanted[i] / sums[i]);
      code.number(2 * i + 1, factor);
    }
    code.runFromDoubles(CellFunction.SCALED_TWICE, powers, out, row * cols, count, cols);
  }

  /** What the gradient of one of the rows is in a cell where y is 1, and 0 elsewhere. */
  double missed(int row, int cell, double factor) {
    double power = powers.getAtIndex(JAVA_DOUBLE, row * cols + cell);
    return (power * (1 / sums[row]) - 1) * factor;
  }
}
