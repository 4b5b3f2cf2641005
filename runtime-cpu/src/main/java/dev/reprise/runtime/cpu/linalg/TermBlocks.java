package dev.reprise.runtime.cpu.linalg;

/**
 * Blocks of the terms of a sum that are added in registers, one after the other, before they are
 * added to the others. Their bounds follow from the number of terms alone, and so do the bits of a
 * sum.
 */
record TermBlocks(long terms, long count) {
  /**
   * Terms of a block, about, at most: a group of rows with so many cells and what is read of a
   * panel meanwhile stay in the first cache. With 192 products take up to 4% longer, with 512 as
   * long, but longer sums lose digits.
   */
  private static final long MOST = 256;

  /** Blocks begin at multiples of this, so that the loops over their terms can be written out. */
  private static final long UNIT = 8;

  static TermBlocks of(long terms) {
    return new TermBlocks(terms, Tiling.pieces(terms, MOST));
  }

  /** The first term of a block; behind the last one the number of terms. */
  long first(long block) {
    long units = terms / UNIT;
    return block == count ? terms : (units / count * block + Math.min(block, units % count)) * UNIT;
  }

  int size(long block) {
    return (int) (first(block + 1) - first(block));
  }

  /** Terms of a block, at most. */
  long largest() {
    return Math.min(terms, MOST + UNIT);
  }
}
