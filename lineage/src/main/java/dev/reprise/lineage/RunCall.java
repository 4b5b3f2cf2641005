package dev.reprise.lineage;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A function of a program: the patches of the paths that calls of it have taken. A call outside of
 * loops is stored as a run of one iteration over what was passed to it, once the function has been
 * called before. Calls that take one path share one body, so a call costs its inputs and outputs
 * alone. Thread-safe.
 */
public final class RunCall {
  /** A run, its inputs and its outputs take some 400 bytes, a plain item 48. */
  private static final int SMALLEST = 16;

  private static final int BODIES = 8;

  private final RunLoop body;
  private final int smallest;

  // Written by any caller; who sees an older one stores a body once more.
  private volatile RunBody[] bodies = {};
  private volatile boolean wasCalled;

  /**
   * @param slots number of the function's variables
   * @param written slots that the function may write or clear, each once
   */
  public RunCall(int slots, int[] written) {
    this(slots, written, SMALLEST);
  }

  /**
   * @param smallest number of operations from which on a call without loops is stored
   */
  RunCall(int slots, int[] written, int smallest) {
    this.body = new RunLoop(slots, written);
    this.smallest = smallest;
  }

  /**
   * Begins a call; null for one that stays as it is.
   *
   * @param scope of the thread that calls
   * @param items of the function's variables, by slot, its parameters bound
   */
  public Entry enter(RunScope scope, LineageItem[] items) {
    if (!wasCalled) {
      wasCalled = true;
      return null;
    }
    return new Entry(scope, items);
  }

  /** One call. After an exception it is dropped. */
  public final class Entry {
    private final RunScope scope;
    private final LineageItem[] items;
    private final RunBuilder builder;

    private Entry(RunScope scope, LineageItem[] items) {
      this.scope = scope;
      this.items = items;
      this.builder = RunBuilder.ofCall(body, scope, items, smallest);
    }

    /** Ends the call: the items of what it wrote become places in its run. */
    public void end() {
      builder.end(items, 0);
      Run run = builder.run();
      builder.finish(items);
      RunBody known = run == null ? null : shared(run.body);
      if (known == null || known == run.body) {
        return;
      }
      Run same = Run.of(known, run.inputs(), scope);
      Map<LineageItem, LineageItem> replaced = new IdentityHashMap<>();
      for (int slot : body.carried()) {
        if (items[slot] instanceof RunItem item && item.run == run) {
          items[slot] = replaced.computeIfAbsent(item, _ -> in(same, item));
        }
      }
    }

    private static LineageItem in(Run run, RunItem item) {
      RunItem same = new RunItem(run, item.iteration, item.place, item.heightOrUnknown());
      if (item.hasKey()) {
        same.setKey(item.keyHigh(), item.keyLow());
      }
      return same;
    }
  }

  /** An equal body of an earlier call, or the body itself. */
  private RunBody shared(RunBody made) {
    RunBody[] known = bodies;
    for (RunBody each : known) {
      if (each.isSameAs(made)) {
        return each;
      }
    }
    RunBody[] more = new RunBody[Math.min(BODIES, known.length + 1)];
    more[0] = made;
    System.arraycopy(known, 0, more, 1, more.length - 1);
    bodies = more;
    return made;
  }
}
