package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;

/**
 * Brings filters to panels, {@code [plane][row][column][lane]}, and gradients of filters back, some
 * planes at a time. What the last panel has beyond the filters is undefined.
 *
 * <p>Belongs to one thread.
 */
final class FilterPanels {
  /** Cells of a panel at once. */
  private static final int CELLS = 1 << 13;

  private final DirectPlan plan;
  private final CellBlocks blocks;
  private final int lanes;

  /** Of a filter, for one plane. */
  private final int cells;

  private final int planesAtOnce;
  private final double[] filters;
  private final double[] panel;

  FilterPanels(DirectPlan plan) {
    this.plan = plan;
    lanes = plan.lanes();
    cells = plan.window().cells();
    planesAtOnce = Math.clamp(CELLS / ((long) cells * lanes), 1, plan.planes().channels());
    filters = new double[Math.max(planesAtOnce, lanes) * cells];
    panel = new double[planesAtOnce * cells * lanes];
    blocks = new CellBlocks(plan.precision(), Math.max(filters.length, panel.length));
  }

  /** How many filters a panel has. */
  private int count(int number) {
    return Math.min(lanes, plan.planes().targets() - number * lanes);
  }

  private interface Planes {
    void run(int first, int count);
  }

  private void someAtATime(Planes body) {
    for (int first = 0; first < plan.planes().channels(); first += planesAtOnce) {
      body.run(first, Math.min(planesAtOnce, plan.planes().channels() - first));
    }
  }

  /** Writes a panel of a group of filters, of which each belongs to a plane that is written. */
  void spread(MemorySegment from, int group, int number, MemorySegment to, long at) {
    someAtATime((first, planes) -> {
      int n = planes * cells;
      for (int lane = 0; lane < count(number); lane++) {
        blocks.load(from, filter(group, number, lane, first), filters, 0, n);
        for (int i = 0; i < n; i++) {
          panel[i * lanes + lane] = filters[i];
        }
      }
      blocks.store(panel, 0, to, at + (long) first * cells * lanes, n * lanes);
    });
  }

  /**
   * Writes a panel of a group of filters, of which each belongs to a plane that is read, turned
   * around.
   */
  void spreadTurned(MemorySegment from, int group, int number, MemorySegment to, long at) {
    someAtATime((first, planes) -> {
      int n = count(number) * cells;
      for (int plane = 0; plane < planes; plane++) {
        long filter = (long) group * plan.planes().channels() + first + plane;
        long target = filter * plan.planes().targets() + (long) number * lanes;
        blocks.load(from, target * cells, filters, 0, n);
        for (int lane = 0; lane < count(number); lane++) {
          turn(lane, plane);
        }
      }
      int all = planes * cells * lanes;
      blocks.store(panel, 0, to, at + (long) first * cells * lanes, all);
    });
  }

  private void turn(int lane, int plane) {
    int last = (lane + 1) * cells - 1;
    int at = plane * cells * lanes + lane;
    for (int k = 0; k < cells; k++) {
      panel[at + k * lanes] = filters[last - k];
    }
  }

  /**
   * Writes the gradient of the filters of a panel.
   *
   * @param sums of the group: {@code [plane][row][column]} x targets, with those that fill the last
   *     panel
   */
  void collect(MemorySegment sums, long at, int group, int number, MemorySegment to) {
    someAtATime((first, planes) -> {
      int n = planes * cells;
      long row = at + (long) first * cells * plan.paddedTargets() + (long) number * lanes;
      for (int i = 0; i < n; i++) {
        blocks.load(sums, row, panel, i * lanes, lanes);
        row += plan.paddedTargets();
      }
      for (int lane = 0; lane < count(number); lane++) {
        for (int i = 0; i < n; i++) {
          filters[i] = panel[i * lanes + lane];
        }
        blocks.store(filters, 0, to, filter(group, number, lane, first), n);
      }
    });
  }

  /** Where the cells of a filter begin from a plane on. */
  private long filter(int group, int number, int lane, int plane) {
    long target = (long) group * plan.planes().targets() + (long) number * lanes + lane;
    return (target * plan.planes().channels() + plane) * cells;
  }
}
