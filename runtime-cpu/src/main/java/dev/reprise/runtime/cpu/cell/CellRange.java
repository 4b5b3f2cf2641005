package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.cell.MachineCells.Form;

/**
 * An element-wise operation over operands that it knows, which reads and writes cells where they
 * lie. Any thread.
 */
@FunctionalInterface
interface CellRange {
  /**
   * Of fewer columns, code for rows would be at their ends most of the time: the vector is repeated
   * first, for code that knows no rows.
   */
  int FEWEST_COLS = 8;

  /** Where there is none. */
  CellRange NONE = (_, _, _) -> false;

  /**
   * Computes the cells of the result from one to before another.
   *
   * @return false when that is to be done in another way
   */
  boolean run(DenseMatrix out, long from, long to);

  /** By machine code, or {@link #NONE}. */
  static CellRange of(MachineCells.Source code, DenseMatrix x) {
    MachineCells cells = code.find(Form.MATRIX, x.cells());
    return cells == null ? NONE : (out, from, to) -> cells.run(x, out, from, to);
  }

  /** Of two matrices of one shape. */
  static CellRange of(MachineCells.Source code, DenseMatrix x, DenseMatrix y) {
    MachineCells cells = code.find(Form.MATRICES, x.cells());
    return cells == null ? NONE : (out, from, to) -> cells.run(x, y, out, from, to);
  }

  /** Of a matrix and a number. */
  static CellRange of(MachineCells.Source code, DenseMatrix x, double number) {
    MachineCells.Source alone = code.with(number);
    if (alone != null) {
      return of(alone, x);
    }
    MachineCells cells = code.find(Form.MATRIX_AND_NUMBER, x.cells());
    return cells == null ? NONE : (out, from, to) -> cells.run(x, number, out, from, to);
  }

  /**
   * Of a matrix and a row or column vector that is repeated over it.
   *
   * @param vectorIsLeft whether the vector is the first operand
   */
  static CellRange ofRepeated(
      MachineCells.Source code, DenseMatrix x, DenseMatrix vector, boolean vectorIsLeft) {
    if (x.cols() < FEWEST_COLS) {
      MachineCells flat = code.find(Form.MATRICES, x.cells());
      return flat == null
          ? NONE
          : (out, from, to) -> flat.runSpread(x, vector, vectorIsLeft, out, from, to);
    }
    Form form =
        vector.rows() == 1
            ? vectorIsLeft ? Form.ROW_AND_MATRIX : Form.MATRIX_AND_ROW
            : vectorIsLeft ? Form.COLUMN_AND_MATRIX : Form.MATRIX_AND_COLUMN;
    MachineCells cells = code.find(form, x.cells());
    return cells == null ? NONE : (out, from, to) -> cells.runRepeated(x, vector, out, from, to);
  }

  /** Of a column and a row, of which all pairs are made. */
  static CellRange ofPairs(MachineCells.Source code, DenseMatrix column, DenseMatrix row) {
    MachineCells cells =
        row.cols() < FEWEST_COLS
            ? null
            : code.find(Form.COLUMN_AND_ROW, new Shape(column.rows(), row.cols()).cells());
    return cells == null ? NONE : (out, from, to) -> cells.runPairs(column, row, out, from, to);
  }

  /** Of a number and a matrix. */
  static CellRange of(MachineCells.Source code, double number, DenseMatrix y) {
    MachineCells cells = code.find(Form.NUMBER_AND_MATRIX, y.cells());
    return cells == null ? NONE : (out, from, to) -> cells.run(y, number, out, from, to);
  }
}
