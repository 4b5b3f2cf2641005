package dev.reprise.lineage;

import dev.reprise.lineage.BodyKinds.Kind;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What an item goes into in a loop, iteration by iteration: a walk from the first iteration on over
 * the sets of carried variables that are made of it. Iterations that find the same set on the same
 * path are not looked at one by one. Exact: inner runs are walked, too.
 */
final class LoopTaint {

  /** Walks of inner loops, by what reaches them. Confined to one loop of one question. */
  static final class Known {
    private final Predicate<LineageItem> isReached;
    private final Map<Entry, LoopTaint> taints = new HashMap<>();

    private record Entry(RunBody body, BitSet carried, BitSet outers, LoopMatches matches) {}

    /**
     * @param isReached whether an item from elsewhere, in a column, is made of the item or is it
     */
    Known(Predicate<LineageItem> isReached) {
      this.isReached = isReached;
    }

    /**
     * @param carried variables that are made of the item, or are it, before the first iteration
     * @param outers fixed items that are
     * @param matches places in the loop that are the item; null for none
     */
    LoopTaint of(RunBody body, BitSet carried, BitSet outers, LoopMatches matches) {
      Entry entry = new Entry(body, carried, outers, matches);
      LoopTaint known = taints.get(entry);
      if (known == null) {
        known = new LoopTaint(body, outers, matches, this);
        known.walk(carried);
        taints.put(entry, known);
      }
      return known;
    }
  }

  /** What is reached in one iteration. */
  static final class Flow {
    final BitSet nodes = new BitSet();
    final Map<Integer, LoopTaint> inner = new HashMap<>();
    final BitSet after = new BitSet();
    private State next;
  }

  /** Variables that are made of the item before an iteration, one object for each set. */
  private static final class State {
    final BitSet variables;
    final Map<Situation, Flow> flows = new HashMap<>();

    State(BitSet variables) {
      this.variables = variables;
    }
  }

  /** What an iteration does: places that are the item, and values of columns made of it. */
  private record Situation(Kind kind, LoopMatches.Here here, BitSet values) {}

  final RunBody body;
  final LoopSpans<Flow> spans;

  /** Variables after the last iteration that are made of the item or are it. */
  BitSet after;

  private final BitSet outers;
  private final LoopMatches matches;
  private final Known known;
  private final BodyKinds kinds;
  private final Map<BitSet, State> states = new HashMap<>();

  private LoopTaint(RunBody body, BitSet outers, LoopMatches matches, Known known) {
    this.body = body;
    this.spans = new LoopSpans<>(body.patchCount());
    this.outers = outers;
    this.matches = matches;
    this.known = known;
    this.kinds = new BodyKinds(body);
  }

  private void walk(BitSet carried) {
    State state = state(carried);
    long iteration = 0;
    while (iteration < body.length()) {
      Kind kind = kinds.at(iteration);
      long end = kinds.end(iteration);
      LoopMatches.Here here = null;
      if (matches != null) {
        here = matches.at(kind.path, iteration);
        end = Math.min(end, matches.next(kind.path, iteration));
      }
      BitSet values = new BitSet();
      end = Math.min(end, noteColumns(kind, iteration, values));
      Situation situation = new Situation(kind, here, values);
      state =
          spans.walk(
              state,
              iteration,
              end - iteration,
              1,
              kind.path,
              at -> flow(at, situation),
              this::next);
      iteration = end;
    }
    after = state.variables;
    spans.close();
  }

  /** Which values are items made of the item; returns the first iteration where others may be. */
  private long noteColumns(Kind kind, long iteration, BitSet values) {
    long end = Long.MAX_VALUE;
    for (int v = 0; v < kind.patch.values.length; v++) {
      if (kind.patch.values[v].kind() == ValueKind.ITEM) {
        ObjectColumn column = body.objects(kind.path, v);
        values.set(v, known.isReached.test((LineageItem) column.at(iteration)));
        end = Math.min(end, BodyKinds.next(column, iteration));
      }
    }
    return end;
  }

  private State state(BitSet variables) {
    return states.computeIfAbsent(variables, State::new);
  }

  private State next(Flow flow) {
    if (flow.next == null) {
      flow.next = state(flow.after);
    }
    return flow.next;
  }

  private Flow flow(State state, Situation situation) {
    return state.flows.computeIfAbsent(situation, at -> new Maker(state, at).make());
  }

  /** Makes the flow of one iteration, from its first operation on. */
  private final class Maker {
    private final Situation situation;
    private final Flow flow;
    private final Patch patch;
    private final BitSet before;
    // Nodes and entries of the table of inner outputs that are made of the item or are it.
    private final BitSet nodes = new BitSet();
    private final Map<Integer, BitSet> innerAfter = new HashMap<>();

    Maker(State state, Situation situation) {
      this.situation = situation;
      this.flow = new Flow();
      this.patch = situation.kind.patch;
      this.before = state.variables;
    }

    Flow make() {
      for (int node = 0; node < patch.nodes.length; node++) {
        RunBody inner = situation.kind.bodies[node];
        if (inner != null) {
          enter(node, inner);
        } else if (isIn(situation.here == null ? null : situation.here.nodes(), node)) {
          nodes.set(node);
        } else if (isAnyReached(node)) {
          nodes.set(node);
          flow.nodes.set(node);
        }
      }
      for (int c = 0; c < patch.outputs.length; c++) {
        flow.after.set(c, isReached(patch.outputs[c]));
      }
      return flow;
    }

    private void enter(int node, RunBody inner) {
      RunInputs taken = inner.inputs();
      int first = patch.starts[node];
      BitSet carried = new BitSet();
      for (int i = 0; i < taken.carried().length; i++) {
        carried.set(taken.carried()[i], isReached(patch.refs[first + i]));
      }
      first += taken.carried().length;
      BitSet fixed = new BitSet();
      for (int i = 0; i < taken.outers().length; i++) {
        fixed.set(taken.outers()[i], isReached(patch.refs[first + i]));
      }
      LoopMatches within = situation.here == null ? null : situation.here.inner().get(node);
      LoopTaint taint = known.of(inner, carried, fixed, within);
      flow.inner.put(node, taint);
      innerAfter.put(node, taint.after);
    }

    private boolean isAnyReached(int node) {
      for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
        if (isReached(patch.refs[i])) {
          return true;
        }
      }
      return false;
    }

    private boolean isReached(int ref) {
      int index = Ref.index(ref);
      return switch (Ref.kind(ref)) {
        case Ref.NODE -> nodes.get(index);
        case Ref.CARRIED -> before.get(index);
        case Ref.OUTER -> outers.get(index);
        case Ref.VALUE ->
            situation.values.get(index)
                || isIn(situation.here == null ? null : situation.here.values(), index);
        case Ref.INNER ->
            innerAfter.get(patch.innerOutputs[2 * index]).get(patch.innerOutputs[2 * index + 1]);
        default -> false;
      };
    }

    private static boolean isIn(BitSet set, int index) {
      return set != null && set.get(index);
    }
  }
}
