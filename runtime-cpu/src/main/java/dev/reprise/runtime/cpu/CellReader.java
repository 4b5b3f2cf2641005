package dev.reprise.runtime.cpu;

/** Brings cells of a source into arrays; belongs to one thread, may hold scratch of its own. */
@FunctionalInterface
public interface CellReader {

  /**
   * Fills the beginning of an array.
   *
   * @param at the first cell, counted along the rows
   * @param into the array may be used as scratch beyond its first {@code n} cells
   * @param n how many cells, at most as many as the reader was opened for
   */
  void read(long at, double[] into, int n);
}
