package dev.reprise.runtime.cpu.frame;

/** How the cells of one column become numbers, learned from data or read from a meta frame. */
sealed interface ColumnEncoder permits PassThrough, RecodeColumn, BinColumn, HashColumn {
  /** Between the two parts of a cell of the meta frame. */
  char MARK = '\u00b7';

  /** The number of codes, 1 to n; 0 when cells are not coded. */
  int codes();

  /** The code of a cell, or its number; NaN when missing or unknown. */
  double encode(ColumnCells cells, int row);

  /** The text that a code stands for; null when there is no such code. */
  String decode(double code);

  /** The cells of this column in the meta frame, without trailing missing ones. */
  String[] meta();
}
