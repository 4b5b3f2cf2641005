package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings outputs of a step from panels, {@code [panel][row][column][lane]}, to planes, and
 * gradients of outputs the other way.
 */
final class OutputPanels {
  private final DirectPlan plan;
  private final PanelPacking packing;
  private final boolean isDouble;

  OutputPanels(DirectPlan plan) {
    this.plan = plan;
    packing = PanelPacking.find(plan.precision());
    isDouble = plan.precision() == Precision.FP64;
  }

  /** Bytes from a plane to the next. */
  private long planeBytes() {
    return (long) plan.planes().outHeight() * plan.planes().outWidth() * plan.bytes();
  }

  /** The first byte of a step in a plane. */
  private long plane(DirectPlan.Step step, int target) {
    long plane = step.image() * plan.planes().targets() + target;
    return plane * planeBytes() + (long) step.from() * plan.planes().outWidth() * plan.bytes();
  }

  /** Places of a step: rows of a panel. */
  private int places(DirectPlan.Step step) {
    return step.rows() * plan.planes().outWidth();
  }

  private boolean isEnough(int places) {
    return places >= PanelPacking.leastColumns(plan.precision());
  }

  /** Planes of a panel that there are. */
  private int count(int panel) {
    return Math.min(plan.lanes(), plan.planes().targets() - panel * plan.lanes());
  }

  /** Writes the outputs of a step to their planes. */
  void collect(MemorySegment from, DirectPlan.Step step, MemorySegment outputs) {
    int n = places(step);
    for (int panel = 0; panel < plan.panels(); panel++) {
      long cells = (long) panel * n * PanelSums.PANEL_BYTES;
      long plane = plane(step, panel * plan.lanes());
      if (isEnough(n)) {
        packing.planes(
            from.address() + cells, count(panel), n, outputs.address() + plane, planeBytes());
        continue;
      }
      for (int lane = 0; lane < count(panel); lane++) {
        copy(
            n,
            from,
            cells + (long) lane * plan.bytes(),
            PanelSums.PANEL_BYTES,
            outputs,
            plane + lane * planeBytes(),
            plan.bytes());
      }
    }
  }

  /**
   * Writes some panels of the gradients of the outputs of a step. What lanes have that fill the
   * last panel is undefined.
   */
  void spread(MemorySegment gradients, DirectPlan.Step step, int from, int to, MemorySegment into) {
    int n = places(step);
    for (int panel = from; panel < to; panel++) {
      long cells = (long) (panel - from) * n * PanelSums.PANEL_BYTES;
      long plane = plane(step, panel * plan.lanes());
      if (isEnough(n)) {
        packing.columns(
            gradients.address() + plane, planeBytes(), count(panel), n, into.address() + cells);
        continue;
      }
      for (int lane = 0; lane < count(panel); lane++) {
        copy(
            n,
            gradients,
            plane + lane * planeBytes(),
            plan.bytes(),
            into,
            cells + (long) lane * plan.bytes(),
            PanelSums.PANEL_BYTES);
      }
    }
  }

  /** Copies cells, so many bytes from each other in the source and in the target. */
  private void copy(
      int count, MemorySegment from, long at, long step, MemorySegment to, long into, long stepTo) {
    for (int i = 0; i < count; i++) {
      if (isDouble) {
        double cell = from.get(ValueLayout.JAVA_DOUBLE, at + i * step);
        to.set(ValueLayout.JAVA_DOUBLE, into + i * stepTo, cell);
      } else {
        float cell = from.get(ValueLayout.JAVA_FLOAT, at + i * step);
        to.set(ValueLayout.JAVA_FLOAT, into + i * stepTo, cell);
      }
    }
  }
}
