package dev.reprise.runtime.cpu.create;

/** Makes random cells by their position. Stateful work space inside: one object per chunk. */
interface Distribution {
  /** Cells of one {@link #fill}, at most. */
  int BATCH = 2 * Philox.BATCH;

  /** How many blocks so many cells take. */
  static int blocks(int cells) {
    return (cells + 1) / 2;
  }

  /**
   * Writes the cells {@code first} to {@code first + n - 1} of the row-major matrix.
   *
   * @param first an even position
   */
  void fill(long first, double[] cells, int n);
}
