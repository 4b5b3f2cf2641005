package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;

/**
 * Brings filters to panels, {@code [plane][row][column][lane]}, and gradients of filters back. The
 * lanes that no filter has are zero.
 *
 * <p>Belongs to one thread.
 */
final class FilterPanels {
  private final DirectPlan plan;
  private final CellBlocks blocks;
  private final int cells;
  private final double[] filter;
  private final double[] panel;

  FilterPanels(DirectPlan plan) {
    this.plan = plan;
    cells = plan.window().cells();
    filter = new double[cells];
    panel = new double[cells * plan.lanes()];
    blocks = new CellBlocks(plan.precision(), panel.length);
  }

  /** How many filters a panel has. */
  private int count(int number) {
    return Math.min(plan.lanes(), plan.targets() - number * plan.lanes());
  }

  /**
   * Writes a panel of a group.
   *
   * @param turnedAround whether the filters are those of a convolution whose gradient this is
   */
  void spread(
      MemorySegment filters,
      boolean turnedAround,
      int group,
      int number,
      MemorySegment to,
      long at) {
    int lanes = plan.lanes();
    int planes = plan.channels();
    for (int plane = 0; plane < planes; plane++) {
      for (int lane = 0; lane < count(number); lane++) {
        int target = number * lanes + lane;
        long which =
            turnedAround
                ? ((long) group * planes + plane) * plan.targets() + target
                : ((long) group * plan.targets() + target) * planes + plane;
        blocks.load(filters, which * cells, filter, 0, cells);
        for (int k = 0; k < cells; k++) {
          panel[k * lanes + lane] = filter[turnedAround ? cells - 1 - k : k];
        }
      }
      blocks.store(panel, 0, to, at + (long) plane * panel.length, panel.length);
    }
  }

  /**
   * Writes the gradient of the filters of a panel with respect to one plane.
   *
   * @param sums of the group: {@code [plane][row][column]} x targets, with those that fill the last
   *     panel
   */
  void collect(MemorySegment sums, long at, int group, int number, int plane, MemorySegment to) {
    int lanes = plan.lanes();
    for (int k = 0; k < cells; k++) {
      long row = (long) plane * cells + k;
      long from = at + row * plan.paddedTargets() + (long) number * lanes;
      blocks.load(sums, from, panel, k * lanes, lanes);
    }
    for (int lane = 0; lane < count(number); lane++) {
      for (int k = 0; k < cells; k++) {
        filter[k] = panel[k * lanes + lane];
      }
      long target = (long) group * plan.targets() + number * lanes + lane;
      blocks.store(filter, 0, to, (target * plan.channels() + plane) * cells, cells);
    }
  }
}
