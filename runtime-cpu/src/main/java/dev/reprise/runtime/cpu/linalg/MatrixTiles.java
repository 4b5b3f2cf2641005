package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * A matrix of doubles cut into tiles, each of which is multiplied with the same few vectors by a
 * task: strips of columns, and blocks of rows.
 *
 * @param height rows of a tile, but for the last block
 * @param width columns of a tile, but for the last strip
 */
record MatrixTiles(long rows, long cols, long height, long width) {

  /** The product of one tile. */
  @FunctionalInterface
  interface Product {
    /**
     * @param sums gets the product, at the place that it has in the whole one
     */
    void multiply(long row, long rows, long col, long cols, MemorySegment sums);
  }

  private long strips() {
    return Tiling.pieces(cols, width);
  }

  private long blocks() {
    return Tiling.pieces(rows, height);
  }

  /**
   * Products of the rows: those of all strips are added up, in their order.
   *
   * @param y the whole product
   * @param cells its number of cells
   */
  void multiply(
      MemorySegment y,
      long cells,
      Product product,
      Parallel parallel,
      Scratch scratch,
      ExecutionContext context) {
    long blocks = blocks();
    Partials partials = new Partials(y, cells, strips(), scratch);
    parallel.forEach(
        context,
        strips() * blocks,
        task -> multiply(task % blocks, task / blocks, product, partials.segment(task / blocks)));
    partials.addUp(parallel, context);
  }

  /**
   * Products of the columns: those of all blocks are added up, in their order.
   *
   * @param y the whole product
   * @param cells its number of cells
   */
  void multiplyTransposed(
      MemorySegment y,
      long cells,
      Product product,
      Parallel parallel,
      Scratch scratch,
      ExecutionContext context) {
    long strips = strips();
    Partials partials = new Partials(y, cells, blocks(), scratch);
    parallel.forEach(
        context,
        strips * blocks(),
        task -> multiply(task / strips, task % strips, product, partials.segment(task / strips)));
    partials.addUp(parallel, context);
  }

  private void multiply(long block, long strip, Product product, MemorySegment sums) {
    long row = block * height;
    long col = strip * width;
    product.multiply(row, Math.min(height, rows - row), col, Math.min(width, cols - col), sums);
  }
}
