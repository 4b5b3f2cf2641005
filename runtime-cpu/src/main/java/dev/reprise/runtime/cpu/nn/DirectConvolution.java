package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/**
 * A convolution whose products are taken where the images lie: for up to six neighbouring outputs
 * of a row and one panel of filters or several at once the sums over all channels and places of the
 * filters, in registers.
 *
 * @param turnedAround whether the filters are those of a convolution whose gradient this is
 */
record DirectConvolution(DirectPlan plan, boolean turnedAround, Parallel parallel) {

  /**
   * Writes all outputs.
   *
   * @param images that are read, one row each
   * @param scratch of the call; holds the panels of the filters, and a step for each thread
   */
  void run(
      DenseMatrix images,
      DenseMatrix filters,
      DenseMatrix out,
      Scratch scratch,
      ExecutionContext context) {
    int groups = plan.planes().groups();
    GroupTasks tasks = new GroupTasks(groups, parallel, context);
    int panels = plan.panels();
    long cells = plan.panelCells();
    MemorySegment weights = scratch.bytes(groups * panels * cells * plan.bytes());
    tasks.runShort(
        panels,
        ConvolutionPlan.pieces(1 << 13, cells),
        () -> new FilterPanels(plan),
        (group, number, brought) -> {
          long at = (group * (long) panels + number) * cells;
          if (turnedAround) {
            brought.spreadTurned(filters.segment(), group, (int) number, weights, at);
          } else {
            brought.spread(filters.segment(), group, (int) number, weights, at);
          }
        });
    tasks.runLong(
        plan.steps(),
        () -> new DirectSpace(plan, scratch),
        (group, number, space) -> {
          DirectPlan.Step step = plan.step(number, group);
          PaddedPlanes.read(plan, images.segment(), step, space.planes);
          multiply(step, weights, group * panels * cells * plan.bytes(), space);
          space.panels.collect(space.outputs, step, out.segment());
        });
  }

  private void multiply(
      DirectPlan.Step step, MemorySegment weights, long weightsAt, DirectSpace space) {
    DirectPlan.Window window = plan.window();
    long bytes = plan.bytes();
    long rowBytes = plan.paddedWidth() * bytes;
    long planeBytes = plan.paddedRows(step.rows()) * rowBytes;
    long lineBytes = (long) window.columns() * PanelSums.PANEL_BYTES;
    space
        .arguments
        .direction(1, window.rows(), window.rowStep() * rowBytes, lineBytes)
        .innermost(window.columns(), window.columnStep() * bytes, plan.bytes())
        .rows(window.right() * bytes, PanelSums.PANEL_BYTES);
    int blocks = plan.channelBlocks();
    int panels = plan.panels();
    int sets = DirectSpace.panelSets(plan.precision(), panels);
    for (int set = 0; set < sets; set++) {
      int first = DirectSpace.start(set, sets, panels);
      int count = DirectSpace.start(set + 1, sets, panels) - first;
      space.arguments.panels(count, plan.panelCells() * bytes, (long) step.rows() * targetBytes());
      for (int block = 0; block < blocks; block++) {
        int from = DirectSpace.start(block, blocks, plan.planes().channels());
        int to = DirectSpace.start(block + 1, blocks, plan.planes().channels());
        space
            .arguments
            .direction(0, to - from, planeBytes, window.rows() * lineBytes)
            .adds(block > 0);
        long right =
            weightsAt + first * plan.panelCells() * bytes + from * window.rows() * lineBytes;
        multiply(step, first, from * planeBytes, weights, right, space);
      }
    }
  }

  /** Bytes of a row of outputs of a panel. */
  private long targetBytes() {
    return (long) plan.planes().outWidth() * PanelSums.PANEL_BYTES;
  }

  /**
   * Adds what some channels give to the outputs of a step and some panels; the arguments have these
   * already.
   *
   * @param panel the first one
   */
  private void multiply(
      DirectPlan.Step step,
      int panel,
      long left,
      MemorySegment weights,
      long right,
      DirectSpace space) {
    PanelSums sums = PanelSums.find(plan.precision());
    DirectPlan.Window window = plan.window();
    int bytes = plan.bytes();
    int width = plan.planes().outWidth();
    int pieces = DirectSpace.pieces(width);
    long down = (long) window.down() * plan.paddedWidth() * bytes;
    long target = panel * step.rows() * targetBytes();
    for (int piece = 0; piece < pieces; piece++) {
      int from = DirectSpace.start(piece, pieces, width);
      int to = DirectSpace.start(piece + 1, pieces, width);
      space.arguments.at(
          space.planes,
          left + (long) from * window.right() * bytes,
          weights,
          right,
          space.outputs,
          target + (long) from * PanelSums.PANEL_BYTES);
      sums.runApart(to - from, step.rows(), down, targetBytes(), space.arguments);
    }
  }
}
