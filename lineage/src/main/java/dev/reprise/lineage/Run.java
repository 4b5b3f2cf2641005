package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Consecutive iterations of one loop: a body and what it started from. A variable that the loop
 * wrote is an item that points at (run, iteration, variable).
 *
 * <p>While the loop goes on, its thread appends to the body; whoever has an item of the run may
 * read the iterations up to the item's. Keys are computed on demand by the hash programs of the
 * patches ({@link RunEvaluator}), and remembered in immutable states: the latest, those of a window
 * behind it, and a bounded number of checkpoints. Threads may do the same work twice, never
 * another.
 */
final class Run {
  private static final int WINDOW = 512;

  /** For who walks back from the end: states are kept for as many iterations as that. */
  private static final int WINDOW_BACKWARDS = 1 << 15;

  private static final int CHECKPOINTS = 64;
  private static final RunState[] NONE = {};

  final RunBody body;

  /** What carried variables were before the first iteration; null for no value and literals. */
  final LineageItem[] initials;

  /** Fixed items by outer index, as far as patches read them. */
  final LineageItem[] outers;

  final RunScope scope;
  final long number;
  private final long seedBase;

  /** The run and iteration that hold this one as a node; null for a run of its own. */
  private Run holder;

  private long holderIteration;
  private int holderNode;

  /** Starts of lifted progressions; null when the body's own count. */
  private final long[] lifts;

  // Immutable objects, published without a lock: a reader sees an older one at worst.
  private volatile RunState latest;
  private volatile RunState[] window = NONE;
  private volatile RunState[] checkpoints = NONE;
  private volatile long stride = 256;
  private volatile Evaluated evaluated;
  private volatile InnerRuns innerRuns;
  private volatile boolean complete;
  private LineageItem[] inputs;

  /** The keys of all nodes in one iteration. */
  private record Evaluated(long iteration, RunEvaluator.Places places) {}

  /** The inner runs of one iteration, by node. */
  private record InnerRuns(long iteration, Run[] byNode) {}

  /** A run that grows. */
  Run(RunBody body, LineageItem[] initials, LineageItem[] outers, long seedBase, RunScope scope) {
    this(body, initials, outers, seedBase, null, scope, scope.number());
  }

  private Run(
      RunBody body,
      LineageItem[] initials,
      LineageItem[] outers,
      long seedBase,
      long[] lifts,
      RunScope scope,
      long number) {
    this.body = body;
    this.initials = initials;
    this.outers = outers;
    this.seedBase = seedBase;
    this.lifts = lifts;
    this.scope = scope;
    this.number = number;
  }

  /** A complete run of a known body over inputs in the order of {@link RunBody.Inputs}. */
  static Run of(RunBody body, LineageItem[] inputs) {
    RunBody.Inputs taken = body.inputs();
    LineageItem[] initials = new LineageItem[body.patch(0).outputs.length];
    int at = 0;
    for (int c : taken.carried()) {
      initials[c] = inputs[at++];
    }
    int[] outer = taken.outers();
    LineageItem[] outers = new LineageItem[outer.length == 0 ? 0 : outer[outer.length - 1] + 1];
    for (int o : outer) {
      outers[o] = inputs[at++];
    }
    long[] lifts = new long[taken.lifted().length / 2];
    for (int i = 0; i < lifts.length; i++) {
      lifts[i] = number(inputs[at++]);
    }
    long seedBase = taken.usesSeeds() ? number(inputs[at]) : 0;
    return new Run(body, initials, outers, seedBase, lifts, null, 0);
  }

  private static long number(LineageItem item) {
    var literal = item.literalOrNull();
    return ValueKind.ofLiteral(literal).bits(literal);
  }

  SeedRule seeds() {
    return new SeedRule(seedBase, body.firstIteration);
  }

  /** The inputs of a complete run, in the order of {@link RunBody.Inputs}; null for no value. */
  LineageItem[] inputs() {
    LineageItem[] known = inputs;
    if (known == null) {
      known = findInputs();
      inputs = known;
    }
    return known;
  }

  private LineageItem[] findInputs() {
    RunBody.Inputs taken = body.inputs();
    LineageItem[] found = new LineageItem[taken.size()];
    int at = 0;
    for (int c : taken.carried()) {
      found[at++] = initials[c];
    }
    for (int o : taken.outers()) {
      found[at++] = outers[o];
    }
    for (int i = 0; i < taken.lifted().length; i += 2) {
      NumberColumn column = body.numbers(taken.lifted()[i], taken.lifted()[i + 1]);
      long from = lifts == null ? column.from(0) : lifts[i / 2];
      found[at++] = LineageItem.literal(column.kind().scalar(from));
    }
    if (taken.usesSeeds()) {
      found[at] = LineageItem.literal(dev.reprise.runtime.Scalar.of(seedBase));
    }
    return found;
  }

  /** True when both are one run: inner runs are made as often as somebody looks at them. */
  boolean isSameAs(Run other) {
    Run a = this;
    Run b = other;
    while (a != b) {
      if (a.holder == null
          || b.holder == null
          || a.holderIteration != b.holderIteration
          || a.holderNode != b.holderNode) {
        return false;
      }
      a = a.holder;
      b = b.holder;
    }
    return true;
  }

  int placeHash() {
    return holder == null
        ? System.identityHashCode(this)
        : 31 * (31 * holder.placeHash() + Long.hashCode(holderIteration)) + holderNode;
  }

  /** No iteration comes after those that there are. */
  void end() {
    body.trim();
    complete = true;
  }

  boolean isComplete() {
    return complete;
  }

  boolean isBornSince(RunScope other, long mark) {
    return scope != null && scope.isSince(number, other, mark);
  }

  // ---- values of an iteration

  /** The item behind a value of an iteration's patch. */
  LineageItem value(int path, int value, long iteration) {
    Patch.PatchValue known = body.patch(path).values[value];
    return switch (known.kind()) {
      case CONSTANT -> known.constant();
      case ITEM -> (LineageItem) body.objects(path, value).at(iteration);
      default -> LineageItem.literal(known.kind().scalar(number(path, value, iteration)));
    };
  }

  long number(int path, int value, long iteration) {
    NumberColumn column = body.numbers(path, value);
    int lift = lifts == null ? -1 : body.inputs().liftIndex(path, value);
    return lift < 0 ? column.at(iteration, seeds()) : column.lifted(iteration, lifts[lift]);
  }

  // ---- the view: one level at a time

  /** The item that an item of this run stands for; its inputs are items of runs again. */
  LineageItem expand(RunItem item) {
    long iteration = item.iteration;
    int place = item.place;
    Run run = this;
    while (true) {
      if (place >= 0) {
        return run.node(iteration, place);
      }
      LineageItem target = run.output(iteration, ~place);
      if (!(target instanceof RunItem further)) {
        return target;
      }
      run = further.run;
      iteration = further.iteration;
      place = further.place;
    }
  }

  private LineageItem node(long iteration, int node) {
    int path = body.path.at(iteration);
    Patch patch = body.patch(path);
    LineageItem[] operands = new LineageItem[patch.operandCount(node)];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = resolve(path, patch, patch.refs[patch.starts[node] + i], iteration);
    }
    return LineageItem.view((Operation) patch.nodes[node], null, operands);
  }

  /** What a carried variable is after an iteration; skips iterations that leave it alone. */
  private LineageItem output(long iteration, int variable) {
    long at = iteration;
    while (at >= 0) {
      int path = body.path.at(at);
      Patch patch = body.patch(path);
      int ref = patch.outputs[variable];
      if (ref != Ref.of(Ref.CARRIED, variable)) {
        return resolve(path, patch, ref, at);
      }
      at = body.path.stretchStart(at) - 1;
    }
    return initials[variable];
  }

  private LineageItem resolve(int path, Patch patch, int ref, long iteration) {
    int index = Ref.index(ref);
    return switch (Ref.kind(ref)) {
      case Ref.NODE -> new RunItem(this, iteration, index, LineageItem.UNKNOWN);
      case Ref.CARRIED -> carried(iteration - 1, index);
      case Ref.OUTER -> outers[index];
      case Ref.VALUE -> value(path, index, iteration);
      case Ref.INNER -> {
        Run inner = innerRun(path, patch, patch.innerOutputs[2 * index], iteration);
        yield inner.carried(inner.body.length() - 1, patch.innerOutputs[2 * index + 1]);
      }
      default -> null;
    };
  }

  /** The item of a carried variable after an iteration, -1 for the first one's beginning. */
  LineageItem carried(long iteration, int variable) {
    return iteration < 0
        ? initials[variable]
        : new RunItem(this, iteration, ~variable, LineageItem.UNKNOWN);
  }

  private Run innerRun(int path, Patch patch, int node, long iteration) {
    InnerRuns known = innerRuns;
    if (known == null || known.iteration != iteration) {
      known = new InnerRuns(iteration, new Run[patch.size()]);
      innerRuns = known;
    }
    // Racy, but whoever finds none makes an equal one.
    Run made = known.byNode[node];
    if (made == null) {
      RunBody inner = body.inner(path, (Patch.InnerRun) patch.nodes[node], iteration);
      LineageItem[] operands = new LineageItem[patch.operandCount(node)];
      for (int i = 0; i < operands.length; i++) {
        operands[i] = resolve(path, patch, patch.refs[patch.starts[node] + i], iteration);
      }
      made = Run.of(inner, operands);
      made.holder = this;
      made.holderIteration = iteration;
      made.holderNode = node;
      known.byNode[node] = made;
    }
    return made;
  }

  // ---- keys

  /** The builder knows the state after the iteration that it appended last. */
  void note(RunState state) {
    latest = state;
    if ((state.iteration + 1) % stride == 0) {
      addCheckpoints(new RunState[] {state}, 1);
    }
  }

  /** Computes an item's key and height if the run's inputs have their keys; else false. */
  boolean tryComputeKey(RunItem item) {
    if (!hasInputKeys(item.iteration)) {
      return false;
    }
    if (item.place < 0) {
      RunState state = stateAfter(item.iteration);
      int variable = ~item.place;
      item.setLate(state.high[variable], state.low[variable], state.heights[variable]);
    } else {
      RunEvaluator.Places places = placesOf(item.iteration);
      int at = body.patchAt(item.iteration).firstNode() + item.place;
      item.setLate(places.high[at], places.low[at], places.heights[at]);
    }
    return true;
  }

  private RunEvaluator.Places placesOf(long iteration) {
    Evaluated known = evaluated;
    if (known == null || known.iteration != iteration) {
      known = new Evaluated(iteration, evaluator(stateAfter(iteration - 1)).step());
      evaluated = known;
    }
    return known.places;
  }

  /** Pushes those inputs, needed for the iterations up to this one, that have no key yet. */
  void inputsWithoutKey(long iteration, Consumer<LineageItem> sink) {
    RunBody.Inputs taken = body.inputsSoFar();
    for (int c : taken.carried()) {
      push(initials[c], sink);
    }
    for (int o : taken.outers()) {
      push(outers[o], sink);
    }
    pushColumns(body, iteration, sink);
  }

  private static void push(LineageItem item, Consumer<LineageItem> sink) {
    if (item != null && !item.hasKey()) {
      sink.accept(item);
    }
  }

  /**
   * Items from elsewhere in the columns up to an iteration, those of inner runs included. An item
   * that an iteration found is never of a later one, so asking for its key asks for less.
   */
  private static void pushColumns(RunBody body, long iteration, Consumer<LineageItem> sink) {
    for (int p = 0; p < body.patchCount(); p++) {
      Patch patch = body.patch(p);
      if (body.firstUse(p) > iteration) {
        continue;
      }
      for (int v = 0; v < patch.values.length; v++) {
        if (patch.values[v].kind() == ValueKind.ITEM) {
          ObjectColumn items = body.objects(p, v);
          for (int i = 0; i < items.size() && items.first(i) <= iteration; i++) {
            push((LineageItem) items.value(i), sink);
          }
        }
      }
      for (Object node : patch.nodes) {
        if (node instanceof Patch.InnerRun inner) {
          pushInner(body, p, inner, iteration, sink);
        }
      }
    }
  }

  private static void pushInner(
      RunBody body, int path, Patch.InnerRun inner, long iteration, Consumer<LineageItem> sink) {
    if (inner.body() != null) {
      pushColumns(inner.body(), Long.MAX_VALUE, sink);
      return;
    }
    ObjectColumn bodies = body.objects(path, body.patch(path).values.length + inner.ordinal());
    for (int i = 0; i < bodies.size() && bodies.first(i) <= iteration; i++) {
      pushColumns((RunBody) bodies.value(i), Long.MAX_VALUE, sink);
    }
  }

  private boolean hasInputKeys(long iteration) {
    boolean[] missing = {false};
    inputsWithoutKey(iteration, item -> missing[0] = true);
    return !missing[0];
  }

  private RunState stateAfter(long iteration) {
    RunState start = nearest(iteration);
    if (start.iteration == iteration) {
      return start;
    }
    RunEvaluator evaluator = evaluator(start);
    RunState reachedBefore = latest;
    boolean backwards = reachedBefore != null && iteration < reachedBefore.iteration;
    long kept = backwards ? WINDOW_BACKWARDS : WINDOW;
    long windowFrom = Math.max(start.iteration + 1, iteration - kept + 1);
    RunState[] passed = new RunState[Math.toIntExact(iteration - windowFrom + 1)];
    RunState[] marks = new RunState[16];
    int marked = 0;
    while (evaluator.iteration() < iteration) {
      evaluator.step();
      long at = evaluator.iteration();
      boolean marks1 = (at + 1) % stride == 0;
      if (at >= windowFrom || marks1) {
        RunState state = evaluator.state();
        if (at >= windowFrom) {
          passed[(int) (at - windowFrom)] = state;
        }
        if (marks1) {
          if (marked == marks.length) {
            addCheckpoints(marks, marked);
            marked = 0;
          }
          marks[marked++] = state;
        }
      }
    }
    addCheckpoints(marks, marked);
    RunState reached = passed[passed.length - 1];
    if (passed.length > 1) {
      window = passed;
    }
    if (latest == null || latest.iteration < iteration) {
      latest = reached;
    }
    return reached;
  }

  /** The latest known state that is not after the iteration. */
  private RunState nearest(long iteration) {
    RunState best = latest;
    if (best != null && best.iteration == iteration) {
      return best;
    }
    if (best != null && best.iteration > iteration) {
      best = null;
    }
    RunState[] near = window;
    if (near.length > 0 && near[0].iteration <= iteration) {
      long at = Math.min(near.length - 1, iteration - near[0].iteration);
      best = later(best, near[(int) at]);
    }
    for (RunState checkpoint : checkpoints) {
      if (checkpoint.iteration <= iteration) {
        best = later(best, checkpoint);
      }
    }
    return best == null ? initialState() : best;
  }

  private static RunState later(RunState a, RunState b) {
    return a == null || b.iteration > a.iteration ? b : a;
  }

  private RunState initialState() {
    int variables = initials.length;
    RunState state = new RunState(-1, new long[variables], new long[variables], new int[variables]);
    for (int c : body.inputsSoFar().carried()) {
      if (initials[c] != null) {
        state.high[c] = initials[c].keyHigh();
        state.low[c] = initials[c].keyLow();
        state.heights[c] = initials[c].height();
      }
    }
    return state;
  }

  private RunEvaluator evaluator(RunState start) {
    RunBody.Inputs taken = lifts == null ? body.inputsSoFar() : body.inputs();
    int[] outer = taken.outers();
    long[] high = new long[outer.length];
    long[] low = new long[outer.length];
    int[] heights = new int[outer.length];
    for (int i = 0; i < outer.length; i++) {
      high[i] = outers[outer[i]].keyHigh();
      low[i] = outers[outer[i]].keyLow();
      heights[i] = outers[outer[i]].height();
    }
    return new RunEvaluator(body, taken, high, low, heights, lifts, seeds(), start);
  }

  /** Evaluates the iterations after one of them, -1 for all, and up to a last one at most. */
  RunEvaluator evaluatorAfter(long iteration, long last) {
    inputsWithoutKey(last, LineageItem::keyHigh);
    return evaluator(iteration < 0 ? initialState() : stateAfter(iteration));
  }

  /** True when all that patches read was the same before the first iteration of both runs. */
  boolean hasInputsOf(Run other) {
    RunBody.Inputs mine = body.inputsSoFar();
    RunBody.Inputs theirs = other.body.inputsSoFar();
    return Arrays.equals(mine.carried(), theirs.carried())
        && Arrays.equals(mine.outers(), theirs.outers())
        && mine.usesSeeds() == theirs.usesSeeds()
        && (!mine.usesSeeds() || seedBase == other.seedBase)
        && areSame(mine.carried(), initials, other.initials)
        && areSame(mine.outers(), outers, other.outers);
  }

  private static boolean areSame(int[] indices, LineageItem[] mine, LineageItem[] theirs) {
    for (int i : indices) {
      LineageItem a = mine[i];
      LineageItem b = theirs[i];
      if (a == null || b == null ? a != b : !a.sameAs(b)) {
        return false;
      }
    }
    return true;
  }

  /** Keeps a bounded number: when they are too many, every second goes and the stride doubles. */
  private synchronized void addCheckpoints(RunState[] states, int count) {
    if (count == 0) {
      return;
    }
    RunState[] old = checkpoints;
    RunState[] merged = Arrays.copyOf(old, old.length + count);
    int size = old.length;
    for (int i = 0; i < count; i++) {
      if (size == 0 || states[i].iteration > merged[size - 1].iteration) {
        merged[size++] = states[i];
      }
    }
    long wide = stride;
    while (size > CHECKPOINTS) {
      wide *= 2;
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if ((merged[i].iteration + 1) % wide == 0) {
          merged[kept++] = merged[i];
        }
      }
      size = kept;
    }
    checkpoints = Arrays.copyOf(merged, size);
    stride = wide;
  }
}
