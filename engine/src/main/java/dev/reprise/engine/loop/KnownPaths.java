package dev.reprise.engine.loop;

import dev.reprise.engine.loop.Stretch.End;
import dev.reprise.engine.loop.Stretch.State;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathRecorder;
import dev.reprise.lineage.PathShape;
import dev.reprise.lineage.RecordedPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The paths of one execution of a loop that are known: from what the variables are at the start of
 * an iteration, through the branches taken, to what they are at its end. Owned by the loop's
 * thread.
 */
final class KnownPaths {
  private static final int MOST_STATES = 64;
  private static final int MOST_STRETCHES = 512;

  private final RecordedBody body;
  private final PathSymbols.Known known;
  private final int[] written;
  private final int slots;
  private final int variable;
  private final Map<Starts, State> states = new HashMap<>();
  private final List<End> ends = new ArrayList<>();
  private Map<LineageItem, Integer> outers;
  private int stretches;

  /** Symbols of the written slots. */
  private record Starts(int[] symbols) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Starts that && Arrays.equals(symbols, that.symbols);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(symbols);
    }
  }

  /**
   * @param slots of variables, constants left out
   * @param variable of the loop, -1 for none
   */
  KnownPaths(RecordedBody body, PathSymbols.Known known, int slots, int variable) {
    this.body = body;
    this.known = known;
    this.written = known.written();
    this.slots = slots;
    this.variable = variable;
  }

  /** True when variables are something else again and again. */
  boolean areTooMany() {
    return states.size() > MOST_STATES;
  }

  List<End> ends() {
    return ends;
  }

  /** What the variables' items are now. */
  State now() {
    return state(starts());
  }

  private State state(int[] starts) {
    return states.computeIfAbsent(new Starts(starts), s -> new State(s.symbols()));
  }

  /** Symbols of what the variables are now. */
  private int[] starts() {
    int[] starts = new int[written.length];
    for (int c = 0; c < starts.length; c++) {
      LineageItem item = known.items()[written[c]];
      if (item == null) {
        starts[c] = PathShape.NONE;
      } else if (item.isLiteral()) {
        // One that the script has given a name keeps it.
        starts[c] =
            item.literalNames().isEmpty() ? PathShape.pool(c) : PathShape.fixed(known.number(item));
      } else {
        Integer outer = outers().get(item);
        starts[c] = outer != null ? PathShape.outer(outer) : PathShape.variable(first(item, c));
      }
    }
    return starts;
  }

  private int first(LineageItem item, int most) {
    int first = 0;
    while (first < most && known.items()[written[first]] != item) {
      first++;
    }
    return first;
  }

  private Map<LineageItem, Integer> outers() {
    if (outers == null) {
      outers = new IdentityHashMap<>();
      LineageItem[] items = known.items();
      boolean[] inside = new boolean[items.length];
      for (int slot : written) {
        inside[slot] = true;
      }
      for (int slot = 0; slot < slots; slot++) {
        LineageItem item = items[slot];
        if (!inside[slot] && item != null && !item.isLiteral()) {
          outers.putIfAbsent(item, slot);
        }
      }
    }
    return outers;
  }

  /**
   * The builder has stored an iteration that was traced: the next one like it need not be.
   *
   * @return places for scalars that recording the path takes
   */
  int learn(State state, long path, PathRecorder recorder) {
    if (stretches > MOST_STRETCHES) {
      return 0;
    }
    Learning learning = new Learning(state, path);
    if (body.condition != null) {
      learning.branch(body.condition);
    }
    learning.followAll(body.parts);
    PathShape shape = learning.symbols.shape(state.starts);
    RecordedPath stored = recorder.record(shape);
    if (stored == null) {
      return 0;
    }
    boolean[] changed = new boolean[written.length];
    for (int c = 0; c < changed.length; c++) {
      changed[c] = shape.ends()[c] != state.starts[c];
    }
    learning.attach();
    End end = new End(stored, state(next(shape.ends())), changed);
    ends.remove(learning.stretch.end);
    learning.stretch.end = end;
    ends.add(end);
    return learning.symbols.places();
  }

  /** What the variables are after an iteration, in terms of the next one. */
  private static int[] next(int[] ends) {
    int[] starts = new int[ends.length];
    for (int c = 0; c < ends.length; c++) {
      int end = ends[c];
      if (PathShape.isPool(end)) {
        starts[c] = PathShape.pool(c);
      } else if (PathShape.isVariable(end) || PathShape.isNode(end)) {
        int first = 0;
        while (ends[first] != end) {
          first++;
        }
        starts[c] = PathShape.variable(first);
      } else {
        starts[c] = end;
      }
    }
    return starts;
  }

  /** Follows the iteration's path once more, through stretches that are there and new ones. */
  private final class Learning {
    private final List<Runnable> attachments = new ArrayList<>();
    private final long path;
    private PathSymbols symbols;
    private Stretch stretch;
    private boolean isNew;

    Learning(State from, long path) {
      this.path = path;
      stretch = from.root;
      isNew = stretch == null;
      if (isNew) {
        Stretch root = new Stretch(new PathSymbols(known, from.starts, variable));
        stretch = root;
        attachments.add(() -> from.root = root);
      }
      symbols = stretch.start.copy();
    }

    void attach() {
      stretches += attachments.size();
      attachments.forEach(Runnable::run);
    }

    private void followAll(List<RecordedBody.Part> parts) {
      for (RecordedBody.Part part : parts) {
        if (part instanceof RecordedBody.Straight straight) {
          follow(straight);
        } else if (part instanceof RecordedBody.Branch branch) {
          followAll(branch(branch) ? branch.then() : branch.otherwise());
        } else {
          followAll(((RecordedBody.Guarded) part).parts());
        }
      }
    }

    private void follow(RecordedBody.Straight straight) {
      if (isNew) {
        stretch.whole = symbols;
        symbols.follow(straight, straight.traces().length, stretch);
      } else {
        symbols.follow(straight, straight.traces().length);
      }
    }

    private boolean branch(RecordedBody.Branch branch) {
      follow(branch.predicate());
      if (branch.code().isTemporary()) {
        symbols.clear(branch.code().operand());
      }
      boolean taken = (path >>> branch.bit() & 1) != 0;
      Stretch from = stretch;
      Stretch next = from.after(taken);
      isNew = next == null;
      if (isNew) {
        Stretch made = new Stretch(symbols.copy());
        attachments.add(() -> {
          if (taken) {
            from.then = made;
          } else {
            from.otherwise = made;
          }
        });
        next = made;
      }
      stretch = next;
      return taken;
    }
  }
}
