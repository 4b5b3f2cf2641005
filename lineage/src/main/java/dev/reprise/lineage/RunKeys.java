package dev.reprise.lineage;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The keys of one run's items: computed on demand by the hash programs of the patches ({@link
 * RunEvaluator}), and remembered in immutable states: the latest, those of a window behind it, and
 * a bounded number of checkpoints.
 *
 * <p>A state holds the keys of all variables that have a value, not only of those that patches have
 * read so far: an iteration that comes later may be the first to read one.
 *
 * <p>Threads may do the same work twice, never another: what is shared are immutable objects in
 * volatile fields, so a reader sees an older one at worst.
 */
final class RunKeys {
  private static final int WINDOW = 512;

  /** For who walks back from the end: states are kept for as many iterations as that. */
  private static final int WINDOW_BACKWARDS = 1 << 15;

  /** The states of a window take this much at most, but for the first few. */
  private static final long WINDOW_BYTES = 4L << 20;

  private static final int SMALLEST_WINDOW = 16;
  private static final int CHECKPOINTS = 64;
  private static final RunState[] NONE = {};

  private final Run run;
  private final RunBody body;

  private volatile RunState latest;
  private volatile RunState[] window = NONE;
  private volatile RunState[] checkpoints = NONE;
  private volatile long stride = 256;
  private volatile Evaluated evaluated;
  private volatile Keyed keyed = new Keyed(-1, null);

  /** The keys of all nodes in one iteration. */
  private record Evaluated(long iteration, RunEvaluator.Places places) {}

  /** All inputs have keys that are read so, and all items in columns up to an iteration. */
  private record Keyed(long iteration, RunInputs reads) {}

  RunKeys(Run run) {
    this.run = run;
    this.body = run.body;
  }

  /** The builder knows the state after the iteration that it appended last. */
  void note(RunState state) {
    latest = state;
    if ((state.iteration + 1) % stride == 0) {
      addCheckpoints(new RunState[] {state}, 1);
    }
  }

  /** Computes an item's key and height if the run's inputs have their keys; else false. */
  boolean tryCompute(RunItem item) {
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

  // ---- what has to have a key first

  /** Pushes those inputs, needed for the iterations up to this one, that have no key yet. */
  void inputsWithoutKey(long iteration, Consumer<LineageItem> sink) {
    Keyed known = keyed;
    RunInputs reads = body.reads();
    if (known.reads != reads) {
      pushAll(run.initials, sink);
      for (int o : reads.outers()) {
        push(run.outers[o], sink);
      }
    }
    // An item that an iteration found is never of a later one, so asking for its key asks for less.
    ColumnItems.visit(body, known.iteration, iteration, item -> push(item, sink));
  }

  private static void pushAll(LineageItem[] items, Consumer<LineageItem> sink) {
    for (LineageItem item : items) {
      push(item, sink);
    }
  }

  private static void push(LineageItem item, Consumer<LineageItem> sink) {
    if (item != null && !item.hasKey()) {
      sink.accept(item);
    }
  }

  private boolean hasInputKeys(long iteration) {
    Keyed known = keyed;
    RunInputs reads = body.reads();
    if (known.iteration >= iteration && known.reads == reads) {
      return true;
    }
    boolean[] missing = {false};
    inputsWithoutKey(iteration, item -> missing[0] = true);
    if (missing[0]) {
      return false;
    }
    keyed = new Keyed(Math.max(iteration, known.iteration), reads);
    return true;
  }

  // ---- states

  private RunState stateAfter(long iteration) {
    RunState start = nearest(iteration);
    if (start.iteration == iteration) {
      return start;
    }
    RunEvaluator evaluator = evaluator(start);
    long windowFrom = Math.max(start.iteration + 1, iteration - windowLength(iteration) + 1);
    RunState[] passed = new RunState[Math.toIntExact(iteration - windowFrom + 1)];
    RunState[] marks = new RunState[16];
    int marked = 0;
    while (evaluator.iteration() < iteration) {
      evaluator.step();
      long at = evaluator.iteration();
      boolean marksThis = (at + 1) % stride == 0;
      if (at >= windowFrom || marksThis) {
        RunState state = evaluator.state();
        if (at >= windowFrom) {
          passed[(int) (at - windowFrom)] = state;
        }
        if (marksThis) {
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
    RunState before = latest;
    if (before == null || before.iteration < iteration) {
      latest = reached;
    }
    return reached;
  }

  /** Who goes back gets a longer one; wide states make it shorter. */
  private long windowLength(long iteration) {
    RunState reachedBefore = latest;
    boolean backwards = reachedBefore != null && iteration < reachedBefore.iteration;
    long room = WINDOW_BYTES / (20L * run.initials.length + 100);
    return Math.max(SMALLEST_WINDOW, Math.min(backwards ? WINDOW_BACKWARDS : WINDOW, room));
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
    LineageItem[] initials = run.initials;
    int variables = initials.length;
    RunState state = new RunState(-1, new long[variables], new long[variables], new int[variables]);
    for (int c = 0; c < variables; c++) {
      if (initials[c] != null) {
        state.high[c] = initials[c].keyHigh();
        state.low[c] = initials[c].keyLow();
        state.heights[c] = initials[c].height();
      }
    }
    return state;
  }

  private RunEvaluator evaluator(RunState start) {
    RunInputs reads = body.reads();
    RunEvaluator made = new RunEvaluator(body, reads);
    made.begin(run.numbers, start);
    int[] outers = reads.outers();
    for (int i = 0; i < outers.length; i++) {
      made.setOuter(i, run.outers[outers[i]]);
    }
    return made;
  }

  /** Evaluates the iterations after one of them, -1 for all, and up to a last one at most. */
  RunEvaluator evaluatorAfter(long iteration, long last) {
    inputsWithoutKey(last, LineageItem::keyHigh);
    return evaluator(iteration < 0 ? initialState() : stateAfter(iteration));
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
