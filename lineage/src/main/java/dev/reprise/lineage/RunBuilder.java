package dev.reprise.lineage;

/**
 * Deduplicates the trace of one execution of a loop. An iteration is traced as ever, with plain
 * items; at its end the items of the variables that it wrote are compared with the patches of
 * earlier iterations, and replaced by items that point into a run. The plain ones become garbage.
 *
 * <pre>
 *   S -> (+)-(*)-S'            patch  * CARRIED S, VALUE 0     path   0 0 0 0 ...
 *         |   |                       + NODE 0, OUTER M        VALUE 0: 1, 2, 3, ...  (from 1, step 1)
 *         M   i                       return S = NODE 1        S is (run, iteration, variable S)
 * </pre>
 *
 * <p>An iteration that finds no patch and is too large for one stays as it is; the next run starts
 * after it. What the variables hold is {@link LoopVariables}', what a stored iteration leaves the
 * run {@link RunInWork}'s matter; here it is decided how an iteration is stored. Owned by the
 * thread that runs the loop. After an exception the builder is dropped.
 */
public final class RunBuilder {
  /** After so many iterations in a row that could not be stored, only every 2^n-th is tried. */
  private static final int MOST_DOUBLINGS = 20;

  /**
   * Operations of a loop over lists that become a part of the loop around it: those of some hundred
   * layers.
   */
  private static final int MOST_PLAIN = 2048;

  private final RunLoop loop;
  private final RunScope scope;
  private final long seedBase;
  private final LoopVariables variables;
  private final PatchMatcher matcher;
  // Operations of a patch that is worth a run.
  private final int smallest;
  private long iteration;
  private long skipUntil;
  private int failures;

  // Operations of iterations that may stay as they are.
  private int leftPlain;

  // Null until an iteration has changed a traced variable.
  private RunInWork work;

  /**
   * Begins before the first iteration.
   *
   * @param scope of the thread that runs the loop
   * @param seedBase what the loop's seeds follow from (see {@link Seeds}); 0 when it draws none
   * @param items of all variables, by slot; the builder replaces those of the loop's variables
   */
  public RunBuilder(RunLoop loop, RunScope scope, long seedBase, LineageItem[] items) {
    this(loop, scope, seedBase, items, scope.mark(), false, 0);
  }

  /**
   * As the other, for a loop that goes on where another run of the program left it.
   *
   * @param first the number of the first iteration, which its seeds follow from
   */
  public RunBuilder(RunLoop loop, RunScope scope, long seedBase, long first, LineageItem[] items) {
    this(loop, scope, seedBase, items, scope.mark(), false, 0);
    this.iteration = first;
  }

  private RunBuilder(
      RunLoop loop,
      RunScope scope,
      long seedBase,
      LineageItem[] items,
      long mark,
      boolean merges,
      int smallest) {
    this.loop = loop;
    this.scope = scope;
    this.seedBase = seedBase;
    this.smallest = smallest;
    this.variables = new LoopVariables(loop, scope, items, mark, merges);
    this.matcher = new PatchMatcher(variables);
  }

  /**
   * As the others, for a loop within an iteration of another one. Where it changes lists or takes
   * elements of them, and draws no seeds, its first iterations stay as they are and become a part
   * of the other loop's patch: a loop over the layers of a network takes another element each time
   * (as does one that adds up the squares of gradients), which no patch of its own would name.
   */
  public static RunBuilder within(
      RunLoop loop, RunScope scope, long seedBase, long first, LineageItem[] items) {
    RunBuilder builder = new RunBuilder(loop, scope, seedBase, first, items);
    builder.leftPlain = loop.isLong() ? 0 : MOST_PLAIN;
    return builder;
  }

  /**
   * Begins before the iterations of a parfor loop are merged: their traces were made by workers,
   * each in a scope inside of this one.
   *
   * @param mark of the scope before the workers began
   */
  public static RunBuilder merging(
      RunLoop loop, RunScope scope, long seedBase, LineageItem[] items, long mark) {
    return new RunBuilder(loop, scope, seedBase, items, mark, true, 0);
  }

  /** Begins before the body of a function, for {@link RunCall}. */
  static RunBuilder ofCall(RunLoop body, RunScope scope, LineageItem[] items, int smallest) {
    return new RunBuilder(body, scope, 0, items, scope.mark(), false, smallest);
  }

  /** What the variables are before the next iteration. */
  void look(LineageItem[] items) {
    if (variables.begin(items)) {
      // Another number of variables is another run.
      endRun();
    }
  }

  // ---- iterations

  /**
   * Ends an iteration: stores it and replaces the items of the variables that it wrote.
   *
   * @param items of all variables, by slot
   * @param draws how many seeds the iteration has drawn
   */
  public void end(LineageItem[] items, long draws) {
    variables.end(items);
    if (isWorthIt()) {
      variables.tellLists();
      matcher.look(items);
      Patch patch = match(items);
      if (patch == null) {
        leaveOut();
      } else if (draws > 0 || !staysPlain(patch)) {
        leftPlain = 0;
        append(patch, items, draws);
        failures = 0;
      }
    }
    iteration++;
    look(items);
  }

  /** False when the iteration leaves no trace, or is not tried, and no run goes on. */
  private boolean isWorthIt() {
    return work != null || iteration >= skipUntil && variables.haveChanged();
  }

  private boolean staysPlain(Patch patch) {
    if (work == null && leftPlain > 0 && (variables.holdList() || patch.takesItems())) {
      leftPlain -= 1 + patch.size();
      if (leftPlain <= 0) {
        // A loop over batches: its next execution is a run from the beginning.
        loop.foundLong();
      }
      return true;
    }
    return false;
  }

  private Patch match(LineageItem[] items) {
    Patch patch = anyMatch(items);
    return patch != null && patch.size() < smallest && patch.innerRuns == 0 ? null : patch;
  }

  private Patch anyMatch(LineageItem[] items) {
    Patch lastPatch = lastPatch();
    if (lastPatch != null && matcher.matches(lastPatch)) {
      return lastPatch;
    }
    for (Patch patch : loop.recent()) {
      if (patch != lastPatch && matcher.matches(patch)) {
        loop.used(patch);
        return patch;
      }
    }
    Patch candidate = PatchMaker.make(variables, matcher, items);
    if (candidate == null) {
      return null;
    }
    Patch patch = loop.find(candidate, matcher);
    loop.used(patch);
    return patch;
  }

  private void leaveOut() {
    endRun();
    failures = Math.min(failures + 1, MOST_DOUBLINGS);
    skipUntil = iteration + (1L << failures);
  }

  private void append(Patch patch, LineageItem[] items, long draws) {
    if (work != null && patch != work.lastPatch() && !work.takes(patch)) {
      endRun();
    }
    if (work == null) {
      work = new RunInWork(variables, matcher, scope, seedBase, iteration);
    }
    work.append(patch, items, draws);
  }

  /**
   * Adds iterations that take the path of the last one again: numbers go on in the progressions
   * that they have followed, everything else stays. Costs nothing per iteration. Only after {@link
   * #end} has stored an iteration.
   *
   * @param items of all variables, by slot
   */
  public void repeat(long times, LineageItem[] items) {
    requireStored();
    work.repeat(times);
    iteration += times;
    work.renew(items);
    look(items);
  }

  /**
   * Adds one iteration that takes the path of the last one with other numbers. Items are not
   * replaced until {@link #renew}.
   *
   * @param numbers one for each number of the patch, in order: integers, bits of doubles
   */
  public void repeat(long[] numbers) {
    work.repeat(numbers);
    iteration++;
  }

  /** Replaces the items after iterations that were added without items. */
  public void renew(LineageItem[] items) {
    requireStored();
    work.renew(items);
    look(items);
  }

  /** Bytes on the heap that the run in work takes, its patches left out: the loop shares them. */
  public long runBytes() {
    return work == null ? 0 : work.run().body.bytes();
  }

  private void requireStored() {
    if (lastPatch() == null) {
      throw new IllegalStateException("no iteration has been stored that could be repeated");
    }
  }

  /** For iterations whose items are not made; used between iterations. */
  public PathRecorder recorder() {
    return new PathRecorder(this);
  }

  /** How many variables the loop writes, elements of lists left out. */
  int carriedCount() {
    return variables.carried().length;
  }

  /** What a variable was when the iteration began. */
  LineageItem before(int variable) {
    return variables.before(variable);
  }

  /** What the last iteration was stored as; null when no run is in work. */
  Patch lastPatch() {
    return work == null ? null : work.lastPatch();
  }

  /** Adds an iteration that leaves no trace and belongs to no run. */
  boolean skip() {
    iteration++;
    return true;
  }

  /** Adds an iteration without items, whose values the path has taken. */
  void append(RecordedPath path) {
    work.append(path);
    iteration++;
  }

  /** Ends the loop: every variable that it wrote points at the end of its last run. */
  public void finish(LineageItem[] items) {
    if (work != null) {
      work.pointAtEnd(items);
      endRun();
    }
  }

  /** The run in work; null for none. */
  Run run() {
    return work == null ? null : work.run();
  }

  private void endRun() {
    if (work != null) {
      work.end();
      work = null;
    }
  }
}
