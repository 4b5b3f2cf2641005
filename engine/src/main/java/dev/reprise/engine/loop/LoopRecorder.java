package dev.reprise.engine.loop;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.CountedNumbers;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.control.UntracedIteration;
import dev.reprise.engine.level.LevelReuse;
import dev.reprise.engine.level.RegionNode;
import dev.reprise.engine.loop.Stretch.End;
import dev.reprise.engine.loop.Stretch.State;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.engine.node.StraightNode;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.worth.Asking;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathRecorder;
import dev.reprise.lineage.PathShape;
import dev.reprise.lineage.RunBuilder;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the iterations of a loop without making items, as long as they take paths that were taken
 * before: the steps run as if nothing was traced, and the path says what they would have traced
 * ({@link PathUnderWay}).
 *
 * <pre>
 *   recording: activation without items -- path known to its end --> its numbers are stored
 *        |                                                           (recording goes on)
 *        | another branch, a step that needs its item, a failure, the end of the loop
 *        v
 *   the items of all variables are made from the path so far; traced as ever until the iteration
 *   ends and the builder stores it; if it ran through known kinds of steps, its path is known now
 * </pre>
 *
 * <p>What variables are (literals, results, aliases: a {@link State}) decides together with the
 * path what an iteration traces. One execution of a loop has one recorder, owned by its thread.
 */
final class LoopRecorder implements UntracedIteration {
  /** So many failures more than a share of the iterations end the attempts. */
  private static final int MOST_FAILURES = 64;

  private static final int FAILURE_SHARE = 8;

  /** Of so many iterations one should have been recorded. */
  private static final int MOST_IN_VAIN = 128;

  private final RecordedBody body;
  private final ControlContext context;
  private final Activation activation;
  private final LineageItem[] items;
  private final int[] written;
  private final int variable;
  private final RunBuilder builder;
  private final PathRecorder recorder;
  private final KnownPaths paths;
  private final RecordedStarts starts;
  private final PathUnderWay path;
  private long iterations;
  private long failures;
  private long recorded;
  private long counted;

  // The iteration: where it began, and the branches that it has taken.
  private State state;
  private boolean inside;
  private boolean blocksSampled;
  private long branches;
  private boolean learnable;

  /**
   * @param variable of the loop, -1 for none
   */
  LoopRecorder(
      RecordedBody body,
      ControlContext context,
      Activation activation,
      int[] written,
      int variable,
      RunBuilder builder) {
    this.body = body;
    this.context = context;
    this.activation = activation;
    this.items = activation.items;
    this.written = written;
    this.variable = variable;
    this.builder = builder;
    this.recorder = builder.recorder();
    PathSymbols.Known known = new PathSymbols.Known(items, written, new ArrayList<>());
    this.paths = new KnownPaths(body, known, activation.layout.slotCount(), variable);
    this.starts = new RecordedStarts(known, recorder);
    this.path = new PathUnderWay(context, activation, known, recorder, starts);
  }

  /** True when it was of any use. */
  boolean hasRecorded() {
    return recorded > 0;
  }

  /** Iterations that were stored without their items. */
  long recorded() {
    return recorded;
  }

  private boolean isRecording() {
    return activation.recorder == this;
  }

  // ---- iterations

  /**
   * False when the iterations had better be left to the interpreter; between iterations.
   *
   * @param iteration its number in the loop
   */
  boolean begin(long iteration) {
    iterations++;
    activation.sampled = false;
    branches = 0;
    learnable = true;
    if (!isRecording()) {
      if (failures > MOST_FAILURES + iterations / FAILURE_SHARE
          || (recorded == 0 && iterations > MOST_IN_VAIN)
          || paths.areTooMany()) {
        return false;
      }
      state = paths.now();
      if (state.root == null) {
        return true;
      }
      recorder.begin();
      starts.begin(paths.ends());
      activation.items = null;
      activation.recorder = this;
    }
    if (state.root == null) {
      traceAgain();
      return true;
    }
    path.begin(iterations, state.root);
    activation.sampled = Asking.isSampledIteration(iteration);
    blocksSampled = Asking.isSampledForBlocks(iteration);
    inside = variable < 0;
    return true;
  }

  /** The loop's variable has got its value. */
  void bound() {
    inside = true;
  }

  /** The condition of a while loop. */
  boolean test() {
    return branch(body.condition);
  }

  void run() {
    runAll(body.parts);
  }

  /**
   * Ends the iteration, stored without items or with them.
   *
   * @param draws how many seeds the iteration has drawn
   */
  void end(long draws) {
    activation.sampled = false;
    if (isRecording()) {
      End end = path.end();
      if (end != null && recorder.append(end.stored, path.pool())) {
        starts.passed(end);
        state = end.next;
        inside = false;
        recorded++;
        return;
      }
      traceAgain();
    }
    CountedNumbers.mark(activation, items, written);
    builder.end(items, draws);
    if (learnable) {
      path.provide(paths.learn(state, branches, recorder));
    }
  }

  // ---- running

  private void runAll(List<RecordedBody.Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      RecordedBody.Part part = parts.get(i);
      if (part instanceof RecordedBody.Straight straight) {
        run(straight);
      } else if (part instanceof RecordedBody.Branch branch) {
        runAll(branch(branch) ? branch.then() : branch.otherwise());
      } else if (part instanceof RecordedBody.Guarded guarded) {
        runGuarded(guarded);
      } else {
        learnable = false;
        traceAgain();
        ((RecordedBody.Other) part).node().run(context, activation);
      }
    }
  }

  private void runGuarded(RecordedBody.Guarded guarded) {
    Region region = guarded.node().region();
    if (region.isWorthAsking() && !isLeftOut(guarded.node()) && isAsked(guarded.node())) {
      learnable = false;
      traceAgain();
      LevelReuse levels = guarded.node().levels();
      levels.runAsked(context, activation, region, guarded.node().body());
    } else {
      runUnasked(guarded);
    }
  }

  /** False for a block that is one of those of which only a sample is asked for, and not in it. */
  private boolean isAsked(RegionNode block) {
    return !block.levels().asksForSample(block.region()) || activation.sampled && blocksSampled;
  }

  private void runUnasked(RecordedBody.Guarded guarded) {
    long before = context.work;
    runAll(guarded.parts());
    guarded.node().region().learn(context.work - before);
  }

  private boolean branch(RecordedBody.Branch branch) {
    run(branch.predicate());
    LinkedCode code = branch.code();
    boolean taken =
        code.truth(
            branch.what(), code.read(branch.what(), context, activation), context, activation);
    branches |= taken ? 1L << branch.bit() : 0;
    Stretch next = null;
    if (isRecording()) {
      next = path.after(taken);
      if (next == null) {
        traceAgain();
      }
    }
    if (code.isTemporary()) {
      activation.clear(code.operand());
    }
    if (next != null) {
      path.move(next);
    }
    return taken;
  }

  private void run(RecordedBody.Straight straight) {
    if (!isRecording()) {
      learnable &= straight.traces() != null;
      straight.node().run(context, activation);
      return;
    }
    path.enter(straight);
    context.work += StraightNode.STEP_WORK * straight.node().steps().length;
    try {
      path.runSteps(straight);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      learnable = false;
      traceAgain();
      Step failed = path.step();
      throw context.located(e, failed.position(), activation, failed);
    }
  }

  // ---- what steps and blocks ask

  @Override
  public LineageItem itemOfStep() {
    return path.itemOfStep();
  }

  @Override
  public boolean isCarried(int operand) {
    return !context.carried.isSampled() && context.carried.isHigh(path.heightOfStep(operand));
  }

  /** True for a block about to be run that is not asked for: it begins from a carried value. */
  private boolean isLeftOut(RegionNode block) {
    LevelReuse levels = block.levels();
    Region region = block.region();
    return isRecording()
        ? levels.skipsCarried(region) && !context.carried.isSampled() && isCarried(region)
        : levels.skips(context, activation, region);
  }

  private boolean isCarried(Region block) {
    for (int symbol : path.inputsOf(block)) {
      if (context.carried.isHigh(path.height(symbol))) {
        return true;
      }
    }
    return false;
  }

  // ---- from no items to items

  @Override
  public void traceAgain() {
    if (isRecording()) {
      failures++;
      context.counters.recordingsLeft++;
      leave();
    }
  }

  /** Ends the recording, if there is one: the loop is over, or failed. */
  void leave() {
    if (!isRecording()) {
      return;
    }
    path.leave();
    context.counters.recorded += recorded - counted;
    counted = recorded;
    try {
      makeItems();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // What is left has values without lineage: nobody may see it.
      activation.recorder = null;
      activation.items = items;
      activation.clearAll(written);
      throw e;
    }
    activation.recorder = null;
    activation.items = items;
    for (int slot : written) {
      // Values that were made without items may be lost with an accelerator from now on.
      if (items[slot] != null && activation.values[slot] instanceof ManagedMatrix matrix) {
        matrix.noteOrigin(items[slot]);
      }
    }
  }

  private void makeItems() {
    LineageItem[] before = starts.items(state);
    for (int c = 0; c < before.length; c++) {
      items[written[c]] = before[c];
    }
    recorder.end(items);
    if (!inside) {
      for (int c = 0; c < before.length; c++) {
        if (PathShape.isPool(state.starts[c]) && items[written[c]] == null) {
          items[written[c]] = LineageItem.counted((Scalar) activation.values[written[c]]);
        }
      }
      return;
    }
    PathSymbols now = path.now();
    PathItems made = path.items(now, before);
    for (int c = 0; c < before.length; c++) {
      int slot = written[c];
      int symbol = now.of(slot);
      if (symbol != state.starts[c] || (PathShape.isPool(symbol) && items[slot] == null)) {
        items[slot] = made.item(symbol, activation.values[slot]);
      }
    }
  }
}
