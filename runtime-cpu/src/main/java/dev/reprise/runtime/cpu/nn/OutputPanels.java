package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Brings outputs of a step from panels, {@code [panel][row][column][lane]}, to planes, and
 * gradients of outputs the other way.
 *
 * <p>Belongs to one thread.
 */
final class OutputPanels {
  /** Planes at once, whose cells lie together in the panels. */
  private static final int PLANES = 8;

  private final DirectPlan plan;
  private final CellBlocks blocks;
  private final double[] panels;
  private final double[] planes;

  OutputPanels(DirectPlan plan) {
    this.plan = plan;
    panels = new double[Math.toIntExact(plan.outputCells())];
    planes = new double[PLANES * plan.rowsPerStep() * plan.planes().outWidth()];
    blocks = new CellBlocks(plan.precision(), Math.max(panels.length, planes.length));
  }

  private long plane(DirectPlan.Step step, int target) {
    long row =
        (step.image() * plan.planes().targets() + target) * plan.planes().outHeight() + step.from();
    return row * plan.planes().outWidth();
  }

  /** Writes the outputs of a step to their planes. */
  void collect(MemorySegment from, DirectPlan.Step step, MemorySegment outputs) {
    int n = step.rows() * plan.planes().outWidth();
    int lanes = plan.lanes();
    blocks.load(from, 0, panels, 0, n * plan.paddedTargets());
    for (int first = 0; first < plan.planes().targets(); first += PLANES) {
      int count = Math.min(PLANES, plan.planes().targets() - first);
      for (int k = 0; k < count; k++) {
        int target = first + k;
        take(panels, at(target, n), lanes, planes, k * n, n);
      }
      for (int k = 0; k < count; k++) {
        blocks.store(planes, k * n, outputs, plane(step, first + k), n);
      }
    }
  }

  /** Where the cells of a target begin, of panels with so many places each. */
  private int at(int target, int places) {
    int lanes = plan.lanes();
    return target / lanes * places * lanes + target % lanes;
  }

  private static void take(double[] from, int at, int step, double[] to, int start, int n) {
    for (int i = 0; i < n; i++) {
      to[start + i] = from[at + i * step];
    }
  }

  /**
   * Writes some panels of the gradients of the outputs of a step; lanes that fill the last panel
   * are zero.
   */
  void spread(MemorySegment gradients, DirectPlan.Step step, int from, int to, MemorySegment into) {
    int n = step.rows() * plan.planes().outWidth();
    int lanes = plan.lanes();
    int end = Math.min(plan.planes().targets(), to * lanes);
    if (end < to * lanes) {
      Arrays.fill(panels, (to - 1 - from) * n * lanes, (to - from) * n * lanes, 0);
    }
    for (int target = from * lanes; target < end; target++) {
      blocks.load(gradients, plane(step, target), planes, 0, n);
      put(planes, panels, at(target - from * lanes, n), lanes, n);
    }
    blocks.store(panels, 0, into, 0, n * (to - from) * lanes);
  }

  private static void put(double[] from, double[] to, int at, int step, int n) {
    for (int i = 0; i < n; i++) {
      to[at + i * step] = from[i];
    }
  }
}
