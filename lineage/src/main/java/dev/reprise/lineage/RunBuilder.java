package dev.reprise.lineage;

import java.util.Arrays;

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
 * after it. Owned by the thread that runs the loop. After an exception the builder is dropped.
 */
public final class RunBuilder {
  /** After so many iterations in a row that could not be stored, only every 2^n-th is tried. */
  private static final int MOST_DOUBLINGS = 20;

  private final RunLoop loop;
  private final RunScope scope;
  private final long seedBase;
  private final int[] carried;
  // Elements of lists follow the variables themselves.
  private ListVariables lists;
  private LineageItem[] before;
  private final PatchMatcher matcher = new PatchMatcher(this);

  // Runs numbered from here on were born in the current iteration.
  private long mark;
  private final boolean merges;
  // Operations of a patch that is worth a run.
  private final int smallest;
  private long iteration;
  private long skipUntil;
  private int failures;

  // The run in work; null until an iteration has changed a traced variable.
  private Run run;
  private LineageItem[] outers;
  private LineageItem[] now;
  private Patch lastPatch;
  private int lastPath;

  // Elements of the lists that the iteration found; made when asked for. Those of fixed variables
  // stay, those of the loop's variables are kept while these hold the same.
  private ListElements outerElements;
  private ListElements elements;

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
    this.smallest = smallest;
    this.mark = mark;
    this.merges = merges;
    this.loop = loop;
    this.scope = scope;
    this.seedBase = seedBase;
    this.carried = loop.carried();
    this.lists = loop.lists();
    this.before = new LineageItem[variables()];
    this.now = items;
    look(items);
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

  void look(LineageItem[] items) {
    for (int c = 0; c < carried.length; c++) {
      LineageItem item = items[carried[c]];
      if (item != before[c]) {
        if (elements != null && (ListElements.isList(before[c]) || ListElements.isList(item))) {
          elements = null;
        }
        before[c] = item;
      }
    }
    lookIntoLists();
    if (!merges) {
      mark = scope.mark();
    }
  }

  private void lookIntoLists() {
    if (lists != loop.lists()) {
      // Another number of variables is another run.
      endRun();
      lists = loop.lists();
      before = Arrays.copyOf(before, variables());
    }
    for (int e = 0; e < lists.count(); e++) {
      before[carried.length + e] = lists.in(before[lists.list(e)], e);
    }
  }

  // ---- what matcher and maker ask for

  /** Variables of the loop, then elements of the lists among them. */
  int variables() {
    return carried.length + lists.count();
  }

  /** What a variable is at the end of the iteration. */
  LineageItem after(int variable) {
    if (variable < carried.length) {
      return now[carried[variable]];
    }
    int element = variable - carried.length;
    return lists.in(now[carried[lists.list(element)]], element);
  }

  int[] outerSlots() {
    return loop.outerSlots();
  }

  LineageItem before(int variable) {
    return before[variable];
  }

  /** True for a variable at the end of a run that was born in this iteration. */
  boolean isInner(LineageItem item) {
    return item.isOfRun()
        && item instanceof RunItem output
        && output.place < 0
        && output.run.isComplete()
        && output.run != run
        && output.iteration == output.run.body.length() - 1
        && output.run.isBornSince(scope, mark)
        && output.run.body.depth() < RunBody.DEPTH_LIMIT;
  }

  /** True for an element of a list that the iteration found. */
  boolean isElement(LineageItem item) {
    if (outerElements == null) {
      outerElements = new ListElements();
      for (int slot : loop.outerSlots()) {
        outerElements.addOf(now[slot]);
      }
    }
    if (elements == null) {
      elements = new ListElements();
      for (LineageItem each : before) {
        elements.addOf(each);
      }
    }
    return outerElements.contains(item) || elements.contains(item);
  }

  // ---- iterations

  /**
   * Ends an iteration: stores it and replaces the items of the variables that it wrote.
   *
   * @param items of all variables, by slot
   * @param draws how many seeds the iteration has drawn
   */
  public void end(LineageItem[] items, long draws) {
    now = items;
    if (isWorthIt(items)) {
      for (int c = 0; c < carried.length; c++) {
        if (ListElements.isList(items[carried[c]])) {
          loop.foundList(c, items[carried[c]].inputCount());
        }
      }
      matcher.look(items);
      Patch patch = match(items);
      if (patch == null) {
        leaveOut();
      } else {
        append(patch, items, draws);
        failures = 0;
      }
    }
    iteration++;
    look(items);
  }

  /** False when no variable has changed but literals, which leave no trace, and no run goes on. */
  private boolean isWorthIt(LineageItem[] items) {
    if (run != null) {
      return true;
    }
    if (iteration < skipUntil) {
      return false;
    }
    for (int c = 0; c < carried.length; c++) {
      LineageItem item = items[carried[c]];
      if (item != null && item != before[c] && !item.isLiteral()) {
        return true;
      }
    }
    return false;
  }

  private Patch match(LineageItem[] items) {
    Patch patch = anyMatch(items);
    return patch != null && patch.size() < smallest && patch.innerRuns == 0 ? null : patch;
  }

  private Patch anyMatch(LineageItem[] items) {
    if (lastPatch != null && matcher.matches(lastPatch)) {
      return lastPatch;
    }
    for (Patch patch : loop.recent()) {
      if (patch != lastPatch && matcher.matches(patch)) {
        loop.used(patch);
        return patch;
      }
    }
    Patch candidate = PatchMaker.make(this, matcher, items);
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
    if (run == null) {
      startRun();
    }
    if (patch != lastPatch) {
      lastPath = pathOf(patch, items);
      lastPatch = patch;
    }
    RunBody body = run.body;
    long at = body.length();
    if (patch.columns() > 0) {
      appendColumns(body, patch, at, draws);
    }
    body.path.append(lastPath);
    replace(patch, items, at);
  }

  private void startRun() {
    LineageItem[] initials = new LineageItem[before.length];
    for (int c = 0; c < initials.length; c++) {
      initials[c] = before[c] == null || before[c].isLiteral() ? null : before[c];
    }
    int[] slots = loop.outerSlots();
    outers = new LineageItem[slots.length == 0 ? 0 : slots[slots.length - 1] + 1];
    run = new Run(new RunBody(iteration), initials, outers, seedBase, scope);
    lastPatch = null;
  }

  private int pathOf(Patch patch, LineageItem[] items) {
    int path = run.body.indexOf(patch);
    if (path >= 0) {
      return path;
    }
    if (run.body.patchCount() == RunBody.PATCH_LIMIT) {
      endRun();
      startRun();
    }
    for (int outer : patch.outersRead) {
      outers[outer] = items[outer];
    }
    return run.body.add(patch);
  }

  private void appendColumns(RunBody body, Patch patch, long at, long draws) {
    int values = patch.values.length;
    for (int v = 0; v < values; v++) {
      ValueKind kind = patch.values[v].kind();
      if (kind.isNumber()) {
        body.numbers(lastPath, v).append(at, matcher.bits(v), run.seeds(), draws);
      } else if (kind == ValueKind.ITEM) {
        body.objects(lastPath, v).append(at, matcher.valueItem(v));
      }
    }
    if (patch.innerRuns > 0) {
      appendBodies(body, patch, at);
    }
  }

  private void appendBodies(RunBody body, Patch patch, long at) {
    for (int node = 0; node < patch.nodes.length; node++) {
      if (patch.nodes[node] instanceof Patch.InnerRun inner && inner.body() == null) {
        ObjectColumn bodies = body.bodyColumn(lastPath, inner);
        bodies.append(at, sharedBody(bodies, matcher.bodyOf(node)));
      }
    }
  }

  /** An equal body among the last ones, so that few shapes that alternate are stored once. */
  private static RunBody sharedBody(ObjectColumn bodies, RunBody body) {
    int size = bodies.size();
    for (int i = size - 1; i >= Math.max(0, size - 8); i--) {
      RunBody known = (RunBody) bodies.value(i);
      if (known.isSameAs(body)) {
        return known;
      }
    }
    return body;
  }

  private void replace(Patch patch, LineageItem[] items, long at) {
    boolean known = true;
    LineageItem[] elements = new LineageItem[lists.count()];
    for (int e = 0; e < elements.length; e++) {
      elements[e] = after(carried.length + e);
    }
    for (int c : patch.made) {
      if (c >= carried.length) {
        continue;
      }
      int shared = patch.sharedWith[c];
      if (shared < c) {
        items[carried[c]] = items[carried[shared]];
        continue;
      }
      LineageItem plain = items[carried[c]];
      RunItem item = new RunItem(run, at, ~c, plain.height());
      if (plain.hasKey()) {
        item.setKey(plain.keyHigh(), plain.keyLow());
      } else {
        known = false;
      }
      items[carried[c]] = item;
    }
    if (known && patch.made.length > 0) {
      noteState(items, elements, at);
    }
  }

  /** When all keys are known anyway, nobody needs to evaluate this iteration again. */
  private void noteState(LineageItem[] items, LineageItem[] elements, long at) {
    int variables = variables();
    long[] high = new long[variables];
    long[] low = new long[variables];
    int[] heights = new int[variables];
    for (int c = 0; c < variables; c++) {
      LineageItem item = c < carried.length ? items[carried[c]] : elements[c - carried.length];
      if (item != null && !item.isLiteral()) {
        if (!item.hasKey()) {
          return;
        }
        high[c] = item.keyHigh();
        low[c] = item.keyLow();
        heights[c] = item.height();
      }
    }
    run.keys.note(new RunState(at, high, low, heights));
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
    RunBody body = run.body;
    for (int v = 0; v < lastPatch.values.length; v++) {
      if (lastPatch.values[v].kind().isNumber()) {
        body.numbers(lastPath, v).goOn();
      }
    }
    body.path.append(lastPath, times);
    iteration += times;
    renew(items, body.length() - 1);
    look(items);
  }

  /**
   * Adds one iteration that takes the path of the last one with other numbers. Items are not
   * replaced until {@link #renew}.
   *
   * @param numbers one for each number of the patch, in order: integers, bits of doubles
   */
  public void repeat(long[] numbers) {
    RunBody body = run.body;
    long at = body.length();
    int next = 0;
    for (int v = 0; v < lastPatch.values.length; v++) {
      if (lastPatch.values[v].kind().isNumber()) {
        body.numbers(lastPath, v).append(at, numbers[next++], run.seeds(), 0);
      }
    }
    body.path.append(lastPath);
    iteration++;
  }

  /** Replaces the items after iterations that were added without items. */
  public void renew(LineageItem[] items) {
    requireStored();
    renew(items, run.body.length() - 1);
    look(items);
  }

  /** Bytes on the heap that the run in work takes, its patches left out: the loop shares them. */
  public long runBytes() {
    return run == null ? 0 : run.body.bytes();
  }

  private void requireStored() {
    if (run == null || lastPatch == null) {
      throw new IllegalStateException("no iteration has been stored that could be repeated");
    }
  }

  private void renew(LineageItem[] items, long at) {
    for (int c : lastPatch.made) {
      if (c >= carried.length) {
        continue;
      }
      int shared = lastPatch.sharedWith[c];
      items[carried[c]] =
          shared < c ? items[carried[shared]] : new RunItem(run, at, ~c, LineageItem.UNKNOWN);
    }
  }

  /** For iterations whose items are not made; used between iterations. */
  public PathRecorder recorder() {
    return new PathRecorder(this);
  }

  /** How many variables the loop writes, elements of lists left out. */
  int carriedCount() {
    return carried.length;
  }

  /** What the last iteration was stored as; null when no run is in work. */
  Patch lastPatch() {
    return lastPatch;
  }

  /** Adds an iteration that leaves no trace and belongs to no run. */
  boolean skip() {
    iteration++;
    return true;
  }

  /** Adds an iteration without items, whose values the path has taken. */
  void append(RecordedPath path) {
    path.append(run.body, run.body.length(), run.seeds());
    run.body.path.append(path.pathInRun);
    lastPatch = path.patch;
    lastPath = path.pathInRun;
    iteration++;
  }

  /** Ends the loop: every variable that it wrote points at the end of its last run. */
  public void finish(LineageItem[] items) {
    if (run == null) {
      return;
    }
    long last = run.body.length() - 1;
    for (int c = 0; c < carried.length; c++) {
      if (items[carried[c]] instanceof RunItem item
          && item.run == run
          && (item.iteration < last || item.place >= 0)) {
        RunItem end = new RunItem(run, last, ~c, item.knownHeight());
        if (item.hasKey()) {
          end.setKey(item.keyHigh(), item.keyLow());
        }
        items[carried[c]] = end;
      }
    }
    endRun();
  }

  /** The run in work; null for none. */
  Run run() {
    return run;
  }

  private void endRun() {
    if (run != null) {
      run.end();
      run = null;
      lastPatch = null;
    }
  }
}
