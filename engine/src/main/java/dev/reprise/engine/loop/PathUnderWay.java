package dev.reprise.engine.loop;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.control.UntracedIteration;
import dev.reprise.engine.loop.Stretch.End;
import dev.reprise.engine.region.Region;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathRecorder;
import dev.reprise.lineage.PathShape;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.List;

/**
 * The path of an iteration that is recorded, as far as it has been run: the {@link Stretch} that it
 * is in, the parts of that which were run, the step that is being run, and the scalars that were
 * taken on the way. So it knows what a step makes without any items, how high the lineage of that
 * is, and what the variables are.
 *
 * <p>Belongs to a {@link LoopRecorder}, which says where the path goes on; by its thread.
 */
final class PathUnderWay {
  private final ControlContext context;
  private final Activation activation;
  private final PathSymbols.Known known;
  private final PathRecorder recorder;
  private final RecordedStarts starts;
  private Scalar[] pool = new Scalar[0];

  // Which iteration of the loop it is, from 1.
  private long iteration;

  private Stretch stretch;

  // Parts of the stretch that were run, and which step of the last comes next or is being run.
  private RecordedBody.Straight[] parts = new RecordedBody.Straight[8];
  private int partCount;
  private int at;

  // The scalar of the stretch that is taken next, and before which step.
  private int capture;
  private int captureStep;

  // Items of the path that somebody has asked for; null for none. Those of another stretch of the
  // iteration are made again.
  private PathItems made;

  PathUnderWay(
      ControlContext context,
      Activation activation,
      PathSymbols.Known known,
      PathRecorder recorder,
      RecordedStarts starts) {
    this.context = context;
    this.activation = activation;
    this.known = known;
    this.recorder = recorder;
    this.starts = starts;
  }

  // ---- where it goes

  /**
   * An iteration begins.
   *
   * @param number of the iteration, another one each time
   * @param root where the paths begin that are known from here
   */
  void begin(long number, Stretch root) {
    iteration = number;
    move(root);
  }

  /** Goes on behind a branch. */
  void move(Stretch next) {
    stretch = next;
    made = null;
    partCount = 0;
    at = 0;
    capture = 0;
    captureStep = next.captureSteps[0];
  }

  /** What comes behind the branch that the stretch leads to; null when that is not known. */
  Stretch after(boolean taken) {
    return stretch.after(taken);
  }

  /** What the iteration is stored as if it ends here; null when that is not known. */
  End end() {
    return stretch.end;
  }

  /** The next part of the stretch is run. */
  void enter(RecordedBody.Straight part) {
    if (partCount == parts.length) {
      parts = Arrays.copyOf(parts, 2 * partCount);
    }
    parts[partCount++] = part;
  }

  /** Runs the steps of the part that was entered; see {@link #step} when that throws. */
  void runSteps(RecordedBody.Straight part) {
    Step[] steps = part.node().steps();
    int first = part.first();
    for (int i = 0; i < steps.length; i++) {
      if (first + i == captureStep) {
        capture(captureStep);
      }
      at = i;
      steps[i].run(context, activation);
    }
    at = steps.length;
  }

  private void capture(int step) {
    while (captureStep == step) {
      pool[stretch.place(capture)] = (Scalar) activation.values[stretch.slot(capture)];
      captureStep = stretch.captureSteps[++capture];
    }
  }

  /** The iteration is traced from here on: no more scalars are taken. */
  void leave() {
    captureStep = -1;
  }

  /** The step that is being run. */
  Step step() {
    return parts[partCount - 1].node().steps()[at];
  }

  // ---- scalars that were taken

  /** By their places. */
  Scalar[] pool() {
    return pool;
  }

  /** Makes room for the scalars of a path that has become known. */
  void provide(int places) {
    pool = Arrays.copyOf(pool, Math.max(pool.length, places));
  }

  // ---- what the step that is being run makes

  /** The item of its result; null for what is no result of an operation. */
  LineageItem itemOfStep() {
    int operation = operationOfStep();
    if (operation < 0) {
      return null;
    }
    if (made == null) {
      made = new PathItems(known, stretch.whole, pool, starts::item);
    }
    return made.node(operation);
  }

  /**
   * The height of an operand or of the result, -1 when the step makes no result of an operation.
   *
   * @param operand or {@link UntracedIteration#RESULT}
   */
  int heightOfStep(int operand) {
    int operation = operationOfStep();
    if (operation < 0) {
      return -1;
    }
    return operand == UntracedIteration.RESULT
        ? heights()[operation]
        : height(stretch.whole.operands().get(operation)[operand]);
  }

  private int operationOfStep() {
    return stretch.operationOf(parts[partCount - 1].first() + at);
  }

  // ---- what variables are

  /** Symbols of the inputs of a block that is about to be run. */
  int[] inputsOf(Region block) {
    int[] inputs = stretch.inputsOfBlocks.get(block);
    if (inputs == null) {
      PathSymbols now = now();
      inputs = Arrays.stream(block.inputs()).map(now::of).toArray();
      stretch.inputsOfBlocks.put(block, inputs);
    }
    return inputs;
  }

  /** The height of what a symbol stands for in this iteration. */
  int height(int symbol) {
    int index = PathShape.index(symbol);
    if (PathShape.isNode(symbol)) {
      return heights()[index];
    }
    if (PathShape.isVariable(symbol)) {
      return recorder.height(index);
    }
    LineageItem[] items = known.items();
    return PathShape.isOuter(symbol) && items[index] != null ? items[index].height() : 0;
  }

  /**
   * Heights of the results of the path's operations in this iteration: those that the items would
   * have, so that a recorded iteration asks for what a traced one would.
   */
  private int[] heights() {
    if (stretch.heightsIn != iteration) {
      PathSymbols path = stretch.whole == null ? stretch.start : stretch.whole;
      List<int[]> operands = path.operands();
      if (stretch.heights.length < operands.size()) {
        stretch.heights = new int[operands.size()];
      }
      stretch.heightsIn = iteration;
      for (int node = 0; node < operands.size(); node++) {
        int height = 0;
        for (int symbol : operands.get(node)) {
          height = Math.max(height, LineageItem.above(height(symbol)));
        }
        stretch.heights[node] = height;
      }
    }
    return stretch.heights;
  }

  /** What the variables are in front of the step that is being run. */
  PathSymbols now() {
    PathSymbols now = stretch.start.copy();
    for (int i = 0; i < partCount; i++) {
      RecordedBody.Straight part = parts[i];
      now.follow(part, i + 1 < partCount ? part.traces().length : at);
    }
    return now;
  }

  /**
   * Makes the items of what the variables are.
   *
   * @param now from {@link #now}
   * @param before the items of the written slots at the start of the iteration
   */
  PathItems items(PathSymbols now, LineageItem[] before) {
    return new PathItems(known, now, pool, c -> before[c]);
  }
}
