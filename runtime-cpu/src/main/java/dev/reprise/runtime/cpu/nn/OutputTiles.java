package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;

/**
 * Brings products of factors to outputs, {@code At m A} of each tile, and gradients of outputs to
 * factors, {@code A y At}.
 *
 * <p>Belongs to one thread.
 */
final class OutputTiles {
  private final WinogradPlan plan;
  private final MinimalFilter filter;
  private final PlaneRows rows;
  private final CellBlocks blocks;

  /** Vectors of a column of a tile. */
  private final double[][] column;

  /** Two rows of tiles, along columns. */
  private final double[][][] halves;

  /** Cells of a row of outputs in even and odd columns, for each of the two rows of a tile. */
  private final double[][][] outputs;

  private final double[][] pair = new double[MinimalFilter.OUTPUTS][];

  OutputTiles(WinogradPlan plan, Precision precision) {
    this.plan = plan;
    this.filter = plan.filter();
    int n = plan.tilesAcross() * plan.planes().targets();
    int most = MinimalFilter.OUTPUTS * plan.tileRowsPerStep();
    rows =
        new PlaneRows(
            plan.planes().targets(),
            plan.planes().outHeight(),
            plan.planes().outWidth(),
            0,
            0,
            most,
            precision);
    blocks = new CellBlocks(precision, n);
    column = new double[filter.cells()][n];
    halves = new double[MinimalFilter.OUTPUTS][filter.cells()][n];
    outputs = new double[MinimalFilter.OUTPUTS][MinimalFilter.OUTPUTS][n];
  }

  /**
   * Outputs of some rows of tiles of an image.
   *
   * @param tile the first of them in the matrices of products
   */
  void collect(
      TileFactors products, int tile, MemorySegment images, long image, int rowFrom, int rowTo) {
    int n = plan.tilesAcross() * plan.planes().targets();
    double scale = filter.scale() * filter.scale();
    rows.begin(MinimalFilter.OUTPUTS * rowFrom, MinimalFilter.OUTPUTS * rowTo);
    int at = tile;
    for (int row = rowFrom; row < rowTo; row++) {
      for (int j = 0; j < filter.cells(); j++) {
        products.load(column, j, at, n, blocks);
        pair[0] = halves[0][j];
        pair[1] = halves[1][j];
        filter.collect(column, pair, n);
      }
      for (int q = 0; q < MinimalFilter.OUTPUTS; q++) {
        double[][] cells = outputs[q];
        filter.collect(halves[q], cells, n);
        divide(cells[0], scale, n);
        divide(cells[1], scale, n);
        rows.join(MinimalFilter.OUTPUTS * row + q, cells[0], cells[1]);
      }
      at += plan.tilesAcross();
    }
    rows.write(images, image);
  }

  /** Whole numbers have exact quotients; a zero is never negative. */
  private static void divide(double[] cells, double by, int n) {
    for (int i = 0; i < n; i++) {
      cells[i] = cells[i] / by + 0.0;
    }
  }

  /**
   * Factors of gradients of the outputs of some rows of tiles of an image.
   *
   * @param tile the first of them in the matrices of factors
   */
  void spread(
      MemorySegment gradients, long image, int rowFrom, int rowTo, TileFactors to, int tile) {
    int n = plan.tilesAcross() * plan.planes().targets();
    rows.read(gradients, image, MinimalFilter.OUTPUTS * rowFrom, MinimalFilter.OUTPUTS * rowTo);
    int at = tile;
    for (int row = rowFrom; row < rowTo; row++) {
      for (int q = 0; q < MinimalFilter.OUTPUTS; q++) {
        if (!rows.split(MinimalFilter.OUTPUTS * row + q, outputs[q][0], outputs[q][1])) {
          PlaneRows.clear(outputs[q]);
        }
      }
      for (int p = 0; p < MinimalFilter.OUTPUTS; p++) {
        pair[0] = outputs[0][p];
        pair[1] = outputs[1][p];
        filter.spreadOutputs(pair, halves[p], n);
      }
      for (int i = 0; i < filter.cells(); i++) {
        pair[0] = halves[0][i];
        pair[1] = halves[1][i];
        filter.spreadOutputs(pair, column, n);
        to.storeRow(column, i, at, n, blocks);
      }
      at += plan.tilesAcross();
    }
  }
}
