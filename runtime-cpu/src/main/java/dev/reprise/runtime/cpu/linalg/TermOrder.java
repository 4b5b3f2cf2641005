package dev.reprise.runtime.cpu.linalg;

import java.util.stream.LongStream;

/**
 * In what order generated code adds the terms of each cell of a product: block by block, each from
 * zero on in the order of its terms, every product and sum rounded once; then the blocks' sums, one
 * to the next. A cell that is summed so has the bits that it has in the whole product.
 *
 * @param bounds where each block begins, and behind the last one the number of terms
 */
record TermOrder(long[] bounds) {
  /** Blocks of so many terms, and what is left. */
  static TermOrder of(long terms, long size) {
    long count = Tiling.pieces(terms, size);
    return new TermOrder(
        LongStream.rangeClosed(0, count).map(block -> Math.min(block * size, terms)).toArray());
  }

  static TermOrder of(TermBlocks blocks) {
    return new TermOrder(LongStream.rangeClosed(0, blocks.count()).map(blocks::first).toArray());
  }

  int blocks() {
    return bounds.length - 1;
  }

  long first(int block) {
    return bounds[block];
  }

  int size(int block) {
    return (int) (bounds[block + 1] - bounds[block]);
  }
}
