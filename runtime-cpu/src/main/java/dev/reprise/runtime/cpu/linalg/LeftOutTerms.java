package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The terms that a product leaves out since one factor is zero, and that are NaN since the other
 * one is not finite. A cell of the product is NaN if there is such a term.
 *
 * <p>They are not looked for one by one. Every infinity and NaN in a row of the left operand, or in
 * a column of the right one, is a factor of one term of the cell where the two cross; when fewer
 * were multiplied, some were left out. So memory and time are those of what is multiplied and of
 * the cells that become NaN, and no operand needs a dense copy.
 */
final class LeftOutTerms {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  /** Infinities and NaN in each column of the right operand. */
  private final int[] inColumns;

  /** The columns that have some, in ascending order. */
  private final int[] columns;

  private LeftOutTerms(int[] inColumns) {
    this.inColumns = inColumns;
    int[] found = new int[inColumns.length];
    int count = 0;
    for (int j = 0; j < inColumns.length; j++) {
      if (inColumns[j] > 0) {
        found[count++] = j;
      }
    }
    this.columns = Arrays.copyOf(found, count);
  }

  /** Of a right operand. */
  static LeftOutTerms of(DenseMatrix right) {
    int[] inColumns = new int[Math.toIntExact(right.cols())];
    MemorySegment cells = right.segment();
    long at = 0;
    for (long i = 0; i < right.rows(); i++) {
      for (int j = 0; j < inColumns.length; j++) {
        inColumns[j] += oneIfWild(cells.getAtIndex(CELL, at++));
      }
    }
    return new LeftOutTerms(inColumns);
  }

  /** Of a right operand. */
  static LeftOutTerms of(SparseMatrix right) {
    int[] inColumns = new int[Math.toIntExact(right.cols())];
    for (long at = 0; at < right.nonZeros(); at++) {
      inColumns[right.column(at)] += oneIfWild(right.value(at));
    }
    return new LeftOutTerms(inColumns);
  }

  /** Of a right operand of so many columns, whose cells do not matter. */
  static LeftOutTerms ofFinite(int cols) {
    return new LeftOutTerms(new int[cols]);
  }

  private static int oneIfWild(double cell) {
    return Double.isFinite(cell) ? 0 : 1;
  }

  /** Counts for rows of the product, one after the other, on one thread. */
  Row row() {
    return new Row();
  }

  /** What is known of the terms of one row of the product. */
  final class Row {
    /** Infinities and NaN that were factors, by column of the product. */
    private final int[] multiplied = new int[inColumns.length];

    /** Those in the row of the left operand. */
    private int inRow;

    /** Counts a cell of the left operand's row; zeros need not be. */
    void weigh(double weight) {
      inRow += oneIfWild(weight);
    }

    /** Counts a term that was multiplied. */
    void multiply(double weight, int column, double cell) {
      multiplied[column] += oneIfWild(weight) + oneIfWild(cell);
    }

    /** Counts the terms of a whole row of the right operand, none of which the weight spoils. */
    void multiplyAll(double[] cells) {
      for (int j : columns) {
        multiplied[j] += oneIfWild(cells[j]);
      }
    }

    /** Hands over the columns of which terms were left out, and begins the next row. */
    void forEach(IntConsumer action) {
      if (inRow > 0) {
        for (int j = 0; j < multiplied.length; j++) {
          settle(j, action);
        }
      } else {
        for (int j : columns) {
          settle(j, action);
        }
      }
      inRow = 0;
    }

    private void settle(int column, IntConsumer action) {
      if (multiplied[column] < inRow + inColumns[column]) {
        action.accept(column);
      }
      multiplied[column] = 0;
    }

    /** Makes the cells NaN of which terms were left out, and begins the next row. */
    void putInto(double[] row) {
      forEach(column -> row[column] = Double.NaN);
    }
  }
}
