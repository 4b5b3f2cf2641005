package dev.reprise.lineage;

/**
 * The run that a loop appends its iterations to, until an iteration comes that is stored in none:
 * each adds its path, and to the columns of that path its numbers, items and inner runs; then the
 * items of what it wrote are replaced by places in the run. Owned by one builder.
 */
final class RunInWork {
  /** Bodies of inner runs that are looked at for an equal one. */
  private static final int SHARED_BODIES = 8;

  private final Run run;
  private final LoopVariables variables;
  private final PatchMatcher matcher;
  // Slots of the loop's variables.
  private final int[] carried;
  private final LineageItem[] outers;

  // What the last iteration was stored as; null before the first.
  private Patch lastPatch;
  private int lastPath;

  /**
   * Before the first iteration of the run.
   *
   * @param matcher that has matched what is appended
   * @param seedBase what the loop's seeds follow from; 0 when it draws none
   * @param iteration the number of the first iteration
   */
  RunInWork(
      LoopVariables variables,
      PatchMatcher matcher,
      RunScope scope,
      long seedBase,
      long iteration) {
    this.variables = variables;
    this.matcher = matcher;
    this.carried = variables.carried();
    LineageItem[] initials = new LineageItem[variables.count()];
    for (int c = 0; c < initials.length; c++) {
      LineageItem before = variables.before(c);
      initials[c] = before == null || before.isLiteral() ? null : before;
    }
    int[] slots = variables.outerSlots();
    this.outers = new LineageItem[slots.length == 0 ? 0 : slots[slots.length - 1] + 1];
    this.run = new Run(new RunBody(iteration), initials, outers, seedBase, scope);
  }

  Run run() {
    return run;
  }

  /** What the last iteration was stored as; null before the first. */
  Patch lastPatch() {
    return lastPatch;
  }

  /** False when the run has as many patches as it may, and not that one. */
  boolean takes(Patch patch) {
    return run.body.patchCount() < RunBody.PATCH_LIMIT || run.body.indexOf(patch) >= 0;
  }

  // ---- iterations with items

  /**
   * Appends an iteration and replaces the items of the variables that it wrote.
   *
   * @param patch that the run takes, and the matcher has matched
   * @param items of all variables, by slot
   * @param draws how many seeds the iteration has drawn
   */
  void append(Patch patch, LineageItem[] items, long draws) {
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

  private int pathOf(Patch patch, LineageItem[] items) {
    int path = run.body.indexOf(patch);
    if (path >= 0) {
      return path;
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
    for (int i = size - 1; i >= Math.max(0, size - SHARED_BODIES); i--) {
      RunBody known = (RunBody) bodies.value(i);
      if (known.isSameAs(body)) {
        return known;
      }
    }
    return body;
  }

  private void replace(Patch patch, LineageItem[] items, long at) {
    boolean known = true;
    LineageItem[] elements = variables.elementsAfter();
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
    int count = variables.count();
    long[] high = new long[count];
    long[] low = new long[count];
    int[] heights = new int[count];
    for (int c = 0; c < count; c++) {
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

  // ---- iterations without items

  /** Appends iterations of the last path; numbers go on in their progressions. */
  void repeat(long times) {
    for (int v = 0; v < lastPatch.values.length; v++) {
      if (lastPatch.values[v].kind().isNumber()) {
        run.body.numbers(lastPath, v).goOn();
      }
    }
    run.body.path.append(lastPath, times);
  }

  /** Appends an iteration of the last path with a number for each number of its patch. */
  void repeat(long[] numbers) {
    RunBody body = run.body;
    long at = body.length();
    int next = 0;
    for (int v = 0; v < lastPatch.values.length; v++) {
      if (lastPatch.values[v].kind().isNumber()) {
        body.numbers(lastPath, v).append(at, numbers[next++], run.seeds(), 0);
      }
    }
    body.path.append(lastPath);
  }

  /** Appends an iteration whose values the path has taken. */
  void append(RecordedPath path) {
    path.append(run.body, run.body.length(), run.seeds());
    run.body.path.append(path.pathInRun);
    lastPatch = path.patch;
    lastPath = path.pathInRun;
  }

  /** Makes the items of what the last iteration wrote, of the last path. */
  void renew(LineageItem[] items) {
    long at = run.body.length() - 1;
    for (int c : lastPatch.made) {
      if (c >= carried.length) {
        continue;
      }
      int shared = lastPatch.sharedWith[c];
      items[carried[c]] =
          shared < c ? items[carried[shared]] : new RunItem(run, at, ~c, LineageItem.UNKNOWN);
    }
  }

  // ---- its end

  /** Lets every variable that the run wrote point at its end. */
  void pointAtEnd(LineageItem[] items) {
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
  }

  /** No iteration comes any more. */
  void end() {
    run.end();
  }
}
