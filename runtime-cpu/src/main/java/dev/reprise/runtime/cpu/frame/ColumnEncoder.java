package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;

/** How the cells of one column become numbers, learned from data or read from a meta frame. */
sealed interface ColumnEncoder
    permits PassThrough, RecodeColumn, BinColumn, HashColumn, BagOfWords, EmbeddingColumn {
  /** Between the two parts of a cell of the meta frame. */
  char MARK = '\u00b7';

  /** The number of codes, 1 to n; 0 when cells are not coded. */
  int codes();

  /** The number of matrix columns, unless dummycoded. */
  default int width() {
    return 1;
  }

  /**
   * Encodes some chosen rows of a column, counted among these: {@link #width} numbers per row, row
   * by row, NaN where missing or unknown.
   *
   * @param out filled from its beginning; zeros before
   */
  void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out);

  /** The code or number of a text, as {@link #encode} gives it for a cell that holds it. */
  double encode(String text);

  /** The text that a code stands for; null when there is no such code. */
  String decode(double code);

  /** The cells of this column in the meta frame, without trailing missing ones. */
  String[] meta();
}
