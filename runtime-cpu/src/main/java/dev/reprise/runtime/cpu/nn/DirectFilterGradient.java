package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/**
 * The gradient of the filters of a direct convolution: for up to six channels, or columns of the
 * filters, and a panel of filters at once the sums over all outputs of a step, in registers. Tasks
 * sum over some of the steps; their sums are added in order.
 */
record DirectFilterGradient(DirectPlan plan, Parallel parallel) {
  /** Tasks that we like to have, for as many cores. */
  private static final long TASKS = 16;

  /** Cells of all partial sums, at most, where there is more than one. */
  private static final long SUM_CELLS = 1 << 22;

  /** Terms that a sum has at least, where there are as many: it is added to others, and moved. */
  private static final long FEWEST_TERMS = 512;

  /** Panels of a task, at least, as each brings the images to padded planes. */
  private static final int FEWEST_PANELS = 4;

  /** Multiplications of a call, at most, where one sum has no more: some 0.1 ms. */
  private static final long MOST_CALL_WORK = 1 << 23;

  /** Channels from which on several of them are summed at once. */
  private static final int SEVERAL_CHANNELS = 4;

  /**
   * Writes the gradient.
   *
   * @param images one row each
   * @param dout the gradient of the outputs, one row for each image
   * @param scratch of the call
   */
  void run(
      DenseMatrix images,
      DenseMatrix dout,
      DenseMatrix gradient,
      Scratch scratch,
      ExecutionContext context) {
    int groups = plan.planes().groups();
    GroupTasks tasks = new GroupTasks(groups, parallel, context);
    long rows = (long) plan.planes().channels() * plan.window().cells();
    long cells = rows * plan.paddedTargets();
    long steps = plan.steps();
    long most = Math.clamp(SUM_CELLS / (groups * cells), 1, TASKS);
    long places = (long) plan.rowsPerStep() * plan.planes().outWidth();
    long stepsPerSum =
        Math.max(ConvolutionPlan.pieces(steps, most), ConvolutionPlan.pieces(FEWEST_TERMS, places));
    long count = ConvolutionPlan.pieces(steps, stepsPerSum);
    long wanted = ConvolutionPlan.pieces(TASKS, Math.multiplyExact(count, groups));
    int parts = (int) Math.clamp(plan.panels() / FEWEST_PANELS, 1, wanted);
    DenseMatrix sums = scratch.matrix(groups * rows, plan.paddedTargets(), plan.precision());
    Partials partials = new Partials(sums, count, scratch);
    tasks.runLong(
        count * parts,
        () -> new DirectSpace(plan, scratch),
        (group, task, space) -> {
          long sum = task / parts;
          int part = (int) (task % parts);
          int first = DirectSpace.start(part, parts, plan.panels());
          int end = DirectSpace.start(part + 1, parts, plan.panels());
          Sums target = new Sums(partials.segment(sum), group * cells * plan.bytes(), first, end);
          long last = Math.min(steps, (sum + 1) * stepsPerSum);
          for (long number = sum * stepsPerSum; number < last; number++) {
            DirectPlan.Step step = plan.step(number, group);
            PaddedPlanes.read(plan, images.segment(), step, space.planes);
            space.panels.spread(dout.segment(), step, first, end, space.outputs);
            add(step, target, number > sum * stepsPerSum, space);
          }
        });
    partials.addUp(parallel, context);
    tasks.runShort(
        plan.panels(),
        ConvolutionPlan.pieces(1 << 13, plan.panelCells()),
        () -> new FilterPanels(plan),
        (group, panel, brought) ->
            brought.collect(sums.segment(), group * cells, group, (int) panel, gradient.segment()));
  }

  /** Where a task sums: some panels of a group. */
  private record Sums(MemorySegment target, long at, int firstPanel, int endPanel) {}

  private void add(DirectPlan.Step step, Sums to, boolean adds, DirectSpace space) {
    int blocks = plan.rowBlocks(step.rows());
    for (int block = 0; block < blocks; block++) {
      int from = DirectSpace.start(block, blocks, step.rows());
      int end = DirectSpace.start(block + 1, blocks, step.rows());
      addRows(step, from, end, to, adds || block > 0, space);
    }
  }

  /**
   * Channels, or columns of the filters, whose gradients are sums of the same outputs.
   *
   * @param count how many there are
   * @param left bytes from one to the next, in the padded planes
   * @param target likewise, of their sums
   */
  private record Line(int count, long left, long target) {}

  /** Sums over some rows of the outputs of a step. */
  private void addRows(
      DirectPlan.Step step, int rowFrom, int rowTo, Sums to, boolean adds, DirectSpace space) {
    DirectPlan.Window window = plan.window();
    int channels = plan.planes().channels();
    long bytes = plan.bytes();
    long rowBytes = plan.paddedWidth() * bytes;
    long cellBytes = plan.paddedTargets() * bytes;
    long lineBytes = lineBytes();
    Line ofChannels =
        new Line(channels, plan.paddedRows(step.rows()) * rowBytes, window.cells() * cellBytes);
    Line ofColumns = new Line(window.columns(), window.columnStep() * bytes, cellBytes);
    boolean overChannels = channels >= SEVERAL_CHANNELS;
    Line over = overChannels ? ofChannels : ofColumns;
    Line beside = overChannels ? ofColumns : ofChannels;
    space
        .arguments
        .direction(0, 1, 0, 0)
        .direction(1, rowTo - rowFrom, window.down() * rowBytes, lineBytes)
        .innermost(plan.planes().outWidth(), window.right() * bytes, plan.bytes())
        .rows(over.left, over.target)
        .adds(adds);
    int together = together((long) (rowTo - rowFrom) * plan.planes().outWidth());
    int panels = to.endPanel - to.firstPanel;
    int sets = DirectSpace.panelSets(plan.precision(), panels);
    for (int set = 0; set < sets; set++) {
      int first = DirectSpace.start(set, sets, panels);
      int count = DirectSpace.start(set + 1, sets, panels) - first;
      long right = (first * (long) step.rows() + rowFrom) * lineBytes;
      long panel = to.at + (long) (to.firstPanel + first) * PanelSums.PANEL_BYTES;
      space.arguments.panels(count, step.rows() * lineBytes);
      for (int row = 0; row < window.rows(); row++) {
        long left = (rowFrom * window.down() + (long) row * window.rowStep()) * rowBytes;
        long target = panel + (long) row * window.columns() * cellBytes;
        for (int other = 0; other < beside.count; other += together) {
          Line some =
              new Line(Math.min(together, beside.count - other), beside.left, beside.target);
          Place place =
              new Place(left + other * beside.left, right, target + other * beside.target);
          sum(over, some, place, to.target, space);
        }
      }
    }
  }

  /** Where a call begins to read planes and outputs and to write sums. */
  private record Place(long left, long right, long target) {}

  /** The sums of all of one line for each of the other. */
  private void sum(Line over, Line beside, Place place, MemorySegment target, DirectSpace space) {
    PanelSums sums = PanelSums.find(plan.precision());
    int pieces = DirectSpace.pieces(over.count);
    for (int piece = 0; piece < pieces; piece++) {
      int from = DirectSpace.start(piece, pieces, over.count);
      int rows = DirectSpace.start(piece + 1, pieces, over.count) - from;
      space.arguments.at(
          space.planes,
          place.left + from * over.left,
          space.outputs,
          place.right,
          target,
          place.target + from * over.target);
      sums.runApart(rows, beside.count, beside.left, beside.target, space.arguments);
    }
  }

  /** How many of a line may go by at one call, whose sums have so many terms each. */
  private int together(long terms) {
    long panels = PanelSums.find(plan.precision()).panelsAtOnce();
    long work = terms * PanelSums.MOST_ROWS * plan.lanes() * panels;
    return (int) Math.max(1, MOST_CALL_WORK / work);
  }

  /** Bytes of a row of outputs of a panel. */
  private long lineBytes() {
    return (long) plan.planes().outWidth() * PanelSums.PANEL_BYTES;
  }
}
