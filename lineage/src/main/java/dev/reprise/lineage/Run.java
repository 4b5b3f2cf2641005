package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Consecutive iterations of one loop: a body and what it started from. A variable that the loop
 * wrote is an item that points at (run, iteration, variable).
 *
 * <p>While the loop goes on, its thread appends to the body; whoever has an item of the run may
 * read the iterations up to the item's. Keys are found by {@link RunKeys}.
 */
final class Run {
  final RunBody body;

  /** What carried variables were before the first iteration; null for no value and literals. */
  final LineageItem[] initials;

  /** Fixed items by outer index, as far as patches read them. */
  final LineageItem[] outers;

  final RunScope scope;
  final long number;
  final RunNumbers numbers;
  final RunKeys keys;

  /** Null for a run of its own. */
  private final Holder holder;

  // Volatile: each publishes what it refers to; threads may make it twice.
  private volatile InnerRuns innerRuns;
  private volatile boolean complete;
  private volatile LineageItem[] inputs;

  /** The run, iteration and node that another run is. */
  private record Holder(Run run, long iteration, int node) {
    boolean isSameAs(Holder other) {
      return iteration == other.iteration && node == other.node;
    }
  }

  /** The inner runs of one iteration, by node. */
  private record InnerRuns(long iteration, AtomicReferenceArray<Run> byNode) {}

  /** A run that grows. */
  Run(RunBody body, LineageItem[] initials, LineageItem[] outers, long seedBase, RunScope scope) {
    this(
        initials,
        outers,
        new RunNumbers(body, null, null, new SeedRule(seedBase, body.firstIteration)),
        scope,
        scope.number(),
        null);
  }

  private Run(
      LineageItem[] initials,
      LineageItem[] outers,
      RunNumbers numbers,
      RunScope scope,
      long number,
      Holder holder) {
    this.body = numbers.body();
    this.initials = initials;
    this.outers = outers;
    this.numbers = numbers;
    this.scope = scope;
    this.number = number;
    this.holder = holder;
    this.keys = new RunKeys(this);
  }

  /** A complete run of a known body over inputs in the order of {@link RunInputs}. */
  static Run of(RunBody body, LineageItem[] inputs) {
    return of(body, inputs, null, null);
  }

  /** As if it had been built in a scope now. */
  static Run of(RunBody body, LineageItem[] inputs, RunScope scope) {
    return of(body, inputs, null, scope);
  }

  private static Run of(RunBody body, LineageItem[] inputs, Holder holder, RunScope scope) {
    RunInputs taken = body.inputs();
    LineageItem[] initials = new LineageItem[body.variables()];
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
      lifts[i] = RunNumbers.bits(inputs[at++]);
    }
    long seedBase = taken.usesSeeds() ? RunNumbers.bits(inputs[at]) : 0;
    SeedRule seeds = new SeedRule(seedBase, body.firstIteration);
    RunNumbers numbers = new RunNumbers(body, taken, lifts, seeds);
    Run made =
        new Run(initials, outers, numbers, scope, scope == null ? 0 : scope.number(), holder);
    made.complete = true;
    return made;
  }

  SeedRule seeds() {
    return numbers.seeds();
  }

  /** The inputs of a complete run, in the order of {@link RunInputs}; null for no value. */
  LineageItem[] inputs() {
    LineageItem[] known = inputs;
    if (known == null) {
      known = findInputs();
      inputs = known;
    }
    return known;
  }

  private LineageItem[] findInputs() {
    RunInputs taken = body.inputs();
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
      long from = numbers.lifts() == null ? column.from(0) : numbers.lifts()[i / 2];
      found[at++] = LineageItem.literal(column.kind().scalar(from));
    }
    if (taken.usesSeeds()) {
      found[at] = LineageItem.literal(Scalar.of(seeds().base()));
    }
    return found;
  }

  /** True when both are one run: inner runs are made as often as somebody looks at them. */
  boolean isSameAs(Run other) {
    Run a = this;
    Run b = other;
    while (a != b) {
      if (a.holder == null || b.holder == null || !a.holder.isSameAs(b.holder)) {
        return false;
      }
      a = a.holder.run;
      b = b.holder.run;
    }
    return true;
  }

  int placeHash() {
    return holder == null
        ? System.identityHashCode(this)
        : 31 * (31 * holder.run.placeHash() + Long.hashCode(holder.iteration)) + holder.node;
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

  boolean isBornSince(RunScope.Since moment) {
    return isBornSince(moment.scope(), moment.mark());
  }

  /** The run that this is an inner run of, at whatever depth; or this. */
  Run outermost() {
    Run run = this;
    while (run.holder != null) {
      run = run.holder.run;
    }
    return run;
  }

  /** True when all that patches read was the same before the first iteration of both runs. */
  boolean hasInputsOf(Run other) {
    RunInputs mine = body.reads();
    RunInputs theirs = other.body.reads();
    boolean draws = body.usesSeeds();
    return Arrays.equals(mine.carried(), theirs.carried())
        && Arrays.equals(mine.outers(), theirs.outers())
        && draws == other.body.usesSeeds()
        && (!draws || seeds().base() == other.seeds().base())
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

  // ---- values of an iteration

  /** The item behind a value of an iteration's patch. */
  LineageItem value(int path, int value, long iteration) {
    Patch.PatchValue known = body.patch(path).values[value];
    return switch (known.kind()) {
      case CONSTANT -> known.constant();
      case ITEM -> (LineageItem) body.objects(path, value).at(iteration);
      default -> LineageItem.literal(known.kind().scalar(numbers.at(path, value, iteration)));
    };
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
    long maker = body.makers().last(variable, iteration);
    if (maker >= 0) {
      int path = body.path.at(maker);
      Patch patch = body.patch(path);
      return resolve(path, patch, patch.outputs[variable], maker);
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

  Run innerRun(int path, Patch patch, int node, long iteration) {
    InnerRuns known = innerRuns;
    if (known == null || known.iteration != iteration) {
      known = new InnerRuns(iteration, new AtomicReferenceArray<>(patch.size()));
      innerRuns = known;
    }
    // Racy, but whoever finds none makes an equal one.
    Run made = known.byNode.get(node);
    if (made == null) {
      RunBody inner = body.inner(path, (Patch.InnerRun) patch.nodes[node], iteration);
      LineageItem[] operands = new LineageItem[patch.operandCount(node)];
      for (int i = 0; i < operands.length; i++) {
        operands[i] = resolve(path, patch, patch.refs[patch.starts[node] + i], iteration);
      }
      made = of(inner, operands, new Holder(this, iteration, node), null);
      known.byNode.set(node, made);
    }
    return made;
  }
}
