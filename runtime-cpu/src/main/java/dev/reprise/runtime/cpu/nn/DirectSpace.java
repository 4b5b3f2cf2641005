package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/** What a step of a direct convolution works with. Belongs to one thread at a time. */
final class DirectSpace {
  /** The padded planes of the step. */
  final MemorySegment planes;

  /** Its outputs, or their gradients, in panels. */
  final MemorySegment outputs;

  final OutputPanels panels;
  final PanelSums.Arguments arguments;

  DirectSpace(DirectPlan plan, Scratch scratch) {
    planes = scratch.bytes(plan.paddedCells() * plan.bytes());
    outputs = scratch.bytes(plan.outputCells() * plan.bytes());
    panels = new OutputPanels(plan);
    arguments = new PanelSums.Arguments(scratch.bytes(PanelSums.ARGUMENT_BYTES));
  }

  /** Where a part begins when so many are cut into parts of nearly the same size. */
  static int start(int part, int parts, int all) {
    return (int) ((long) part * all / parts);
  }

  /** Sets of up to as many panels as the generated sums take at once, of nearly the same size. */
  static int panelSets(Precision precision, int panels) {
    return (int) ConvolutionPlan.pieces(panels, PanelSums.find(precision).panelsAtOnce());
  }

  /** Pieces of up to as many rows as the generated sums take, of nearly the same size. */
  static int pieces(int rows) {
    return (int) ConvolutionPlan.pieces(rows, PanelSums.MOST_ROWS);
  }
}
