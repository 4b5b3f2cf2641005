package dev.reprise.runtime.cpu.nn;

/**
 * Rows of outputs within a row of a patch matrix, which are copied from an image or are padding.
 * Positions are counted in cells.
 */
sealed interface PatchRows permits PatchArrays, PatchRectangles {

  /** Writes zeros to some rows, from a cell on. */
  void clear(long at, int rows);

  /**
   * Writes rows from a cell on, each with zeros before position {@code from} and from position
   * {@code to} on, where the window is beside the image.
   *
   * @param source the cell of the image for position {@code from} of the first row
   * @param rows at least 1, as there is at least one position
   */
  void copy(long source, long at, int rows, int from, int to);
}
