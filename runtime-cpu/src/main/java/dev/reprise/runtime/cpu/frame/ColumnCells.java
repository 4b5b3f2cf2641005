package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;

/**
 * One column of a frame with its missing cells filled.
 *
 * @param imputed what stands for a missing cell; null leaves it missing
 */
record ColumnCells(Frame frame, int col, String imputed) {

  int rows() {
    return (int) frame.rows();
  }

  /** The cell as text; null when missing. */
  String text(int row) {
    String text = FrameCells.text(frame, row, col);
    return text == null ? imputed : text;
  }

  /** The cell as a number; NaN when missing. */
  double number(int row) {
    double value = FrameCells.number(frame, row, col);
    return Double.isNaN(value) && imputed != null ? FrameCells.parseNumber(imputed) : value;
  }
}
