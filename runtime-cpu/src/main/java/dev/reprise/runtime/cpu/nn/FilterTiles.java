package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;

/**
 * Brings the filters of a group to factors, {@code G g Gt} of each, and products of factors to
 * gradients of filters, {@code Gt p G}. Vectors go over the planes that the convolution writes.
 *
 * <p>Belongs to one thread.
 */
final class FilterTiles {
  private final WinogradPlan plan;
  private final MinimalFilter filter;

  /** Whether the filters are those of the convolution whose images have the planes written. */
  private final boolean turnedAround;

  private final CellBlocks blocks;
  private final double[] one;
  private final double[][][] taps;
  private final double[][][] half;
  private final double[][] column;
  private final double[][] factors;

  FilterTiles(WinogradPlan plan, boolean turnedAround, Precision precision) {
    this.plan = plan;
    this.filter = plan.filter();
    this.turnedAround = turnedAround;
    int r = filter.taps();
    int cells = filter.cells();
    int n = plan.planes().targets();
    blocks = new CellBlocks(precision, Math.max(n, r * r));
    one = new double[r * r];
    taps = new double[r][r][n];
    half = new double[r][cells][n];
    column = new double[Math.max(r, cells)][];
    factors = new double[cells][n];
  }

  /** Where the cells of a filter for one plane that is read, and one that is written, begin. */
  private long at(int group, int plane, int target) {
    int r = filter.taps();
    long row = turnedAround ? plane : target;
    long column = turnedAround ? target : plane;
    long rows = turnedAround ? plan.planes().channels() : plan.planes().targets();
    long cols = turnedAround ? plan.planes().targets() : plan.planes().channels();
    return ((group * rows + row) * cols + column) * r * r;
  }

  /**
   * Factors of one plane that is read.
   *
   * @param to with the planes that are read as tiles
   */
  void spread(MemorySegment filters, int group, int plane, TileFactors to) {
    int r = filter.taps();
    int n = plan.planes().targets();
    for (int target = 0; target < n; target++) {
      blocks.load(filters, at(group, plane, target), one, 0, r * r);
      for (int k = 0; k < r * r; k++) {
        int place = turnedAround ? r * r - 1 - k : k;
        taps[place / r][place % r][target] = one[k];
      }
    }
    for (int k = 0; k < r; k++) {
      filter.spreadFilter(taps[k], half[k], n);
    }
    for (int j = 0; j < filter.cells(); j++) {
      for (int k = 0; k < r; k++) {
        column[k] = half[k][j];
      }
      filter.spreadFilter(column, factors, n);
      to.store(factors, j, plane, n, blocks);
    }
  }

  /**
   * The gradient of the filters with respect to one plane that is read.
   *
   * @param from with the planes that are read as tiles
   */
  void collect(TileFactors from, int plane, MemorySegment gradient, int group) {
    int r = filter.taps();
    int n = plan.planes().targets();
    double scale = filter.scale() * filter.scale();
    for (int j = 0; j < filter.cells(); j++) {
      from.load(factors, j, plane, n, blocks);
      for (int k = 0; k < r; k++) {
        column[k] = half[k][j];
      }
      filter.collectFilter(factors, column, n);
    }
    for (int k = 0; k < r; k++) {
      filter.collectFilter(half[k], taps[k], n);
    }
    for (int target = 0; target < n; target++) {
      for (int k = 0; k < r * r; k++) {
        one[k] = taps[k / r][k % r][target] / scale + 0.0;
      }
      blocks.store(one, 0, gradient, at(group, plane, target), r * r);
    }
  }
}
