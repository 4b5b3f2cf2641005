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

  /**
   * The cells of a panel's lanes, in the panel or in planes.
   *
   * @param first byte of the first lane's first cell
   * @param step bytes from a cell of a lane to the next
   * @param laneStep bytes from a lane to the next
   */
  private record Lanes(MemorySegment memory, long first, long step, long laneStep) {
    long address() {
      return memory.address() + first;
    }
  }

  /** Those of one of the panels in a memory, by its number there. */
  private Lanes inPanels(MemorySegment memory, int number, int places) {
    long first = (long) number * places * PanelSums.PANEL_BYTES;
    return new Lanes(memory, first, PanelSums.PANEL_BYTES, plan.bytes());
  }

  /** Those of a panel's planes. */
  private Lanes inPlanes(MemorySegment memory, DirectPlan.Step step, int panel) {
    return new Lanes(memory, plane(step, panel * plan.lanes()), plan.bytes(), planeBytes());
  }

  /** Writes the outputs of a step to their planes. */
  void collect(MemorySegment from, DirectPlan.Step step, MemorySegment outputs) {
    int n = places(step);
    for (int panel = 0; panel < plan.panels(); panel++) {
      Lanes cells = inPanels(from, panel, n);
      Lanes planes = inPlanes(outputs, step, panel);
      if (isEnough(n)) {
        packing.planes(cells.address(), count(panel), n, planes.address(), planes.laneStep);
      } else {
        copy(count(panel), n, cells, planes);
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
      Lanes planes = inPlanes(gradients, step, panel);
      Lanes cells = inPanels(into, panel - from, n);
      if (isEnough(n)) {
        packing.columns(planes.address(), planes.laneStep, count(panel), n, cells.address());
      } else {
        copy(count(panel), n, planes, cells);
      }
    }
  }

  private void copy(int lanes, int places, Lanes from, Lanes to) {
    for (int lane = 0; lane < lanes; lane++) {
      long source = from.first + lane * from.laneStep;
      long target = to.first + lane * to.laneStep;
      for (int i = 0; i < places; i++) {
        copyCell(from.memory, source + i * from.step, to.memory, target + i * to.step);
      }
    }
  }

  private void copyCell(MemorySegment from, long at, MemorySegment to, long into) {
    if (isDouble) {
      to.set(ValueLayout.JAVA_DOUBLE, into, from.get(ValueLayout.JAVA_DOUBLE, at));
    } else {
      to.set(ValueLayout.JAVA_FLOAT, into, from.get(ValueLayout.JAVA_FLOAT, at));
    }
  }
}
