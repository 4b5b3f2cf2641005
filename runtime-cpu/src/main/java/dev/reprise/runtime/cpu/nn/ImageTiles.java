package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;

/**
 * Brings images to the factors of their tiles, {@code Bt x B} of each: rows first, of which
 * neighbouring tiles share some, then columns.
 *
 * <p>Belongs to one thread.
 */
final class ImageTiles {
  private final WinogradPlan plan;
  private final MinimalFilter filter;
  private final PlaneRows rows;
  private final CellBlocks blocks;

  /** Columns of a row of the padded image, two apart, from the first, second, ... on. */
  private final double[][] columns;

  private final double[] even;
  private final double[] odd;

  /** Factors along rows, of as many rows of the image as a tile has, the last ones. */
  private final double[][][] ring;

  private final double[][] down;
  private final double[][] factors;

  ImageTiles(WinogradPlan plan, Precision precision) {
    this.plan = plan;
    this.filter = plan.filter();
    int cells = filter.cells();
    int n = plan.tilesAcross() * plan.planes().channels();
    int most = MinimalFilter.OUTPUTS * (plan.tileRowsPerStep() - 1) + cells;
    rows =
        new PlaneRows(
            plan.planes().channels(),
            plan.planes().height(),
            plan.planes().width(),
            plan.planes().padTop(),
            plan.planes().padLeft(),
            most,
            precision);
    blocks = new CellBlocks(precision, n);
    even = new double[n + (cells / 2 - 1) * plan.planes().channels()];
    odd = new double[even.length];
    columns = new double[cells][];
    columns[0] = even;
    columns[1] = odd;
    for (int k = 2; k < cells; k++) {
      columns[k] = new double[n];
    }
    ring = new double[cells][cells][n];
    down = new double[cells][];
    factors = new double[cells][n];
  }

  /**
   * Some rows of tiles of an image.
   *
   * @param tile the first of them in the matrices of factors
   */
  void spread(MemorySegment images, long image, int rowFrom, int rowTo, TileFactors to, int tile) {
    int cells = filter.cells();
    int n = plan.tilesAcross() * plan.planes().channels();
    int next = MinimalFilter.OUTPUTS * rowFrom;
    rows.read(images, image, next, MinimalFilter.OUTPUTS * (rowTo - 1) + cells);
    int at = tile;
    for (int row = rowFrom; row < rowTo; row++) {
      int top = MinimalFilter.OUTPUTS * row;
      for (; next < top + cells; next++) {
        spreadRow(next, ring[next % cells], n);
      }
      for (int j = 0; j < cells; j++) {
        for (int i = 0; i < cells; i++) {
          down[i] = ring[(top + i) % cells][j];
        }
        filter.spread(down, factors, n);
        to.store(factors, j, at, n, blocks);
      }
      at += plan.tilesAcross();
    }
  }

  private void spreadRow(int row, double[][] into, int n) {
    if (!rows.split(row, even, odd)) {
      PlaneRows.clear(into);
      return;
    }
    for (int k = 2; k < columns.length; k++) {
      double[] from = k % 2 == 0 ? even : odd;
      System.arraycopy(from, k / 2 * plan.planes().channels(), columns[k], 0, n);
    }
    filter.spread(columns, into, n);
  }
}
