package dev.reprise.lineage;

import dev.reprise.lineage.BodyKinds.Kind;
import dev.reprise.lineage.ProgramPlace.Level;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What something in a loop is made of, iteration by iteration: a walk from the end backwards over
 * sets of carried variables. Iterations that find the same set on the same path are not looked at
 * one by one. Exact: inner runs are cut down to what is needed of them, too.
 *
 * <pre>
 *   iteration     ... 7        8        9
 *   needed after      {s, t} = {s, t}   {s}      one span up to 8: the set does not change any more
 * </pre>
 */
final class LoopCone {

  /** Cones of whole inner loops, by body and variables wanted. Confined to one question. */
  static final class Known {
    private final Map<Wanted, LoopCone> cones = new HashMap<>();

    private record Wanted(RunBody body, BitSet variables) {}

    /** What variables at the end of a complete run are made of. */
    LoopCone of(RunBody body, BitSet variables) {
      Wanted wanted = new Wanted(body, (BitSet) variables.clone());
      LoopCone known = cones.get(wanted);
      if (known == null) {
        known = new LoopCone(body);
        known.walk(body.length() - 1, wanted.variables, this);
        cones.put(wanted, known);
      }
      return known;
    }

    /**
     * What an operation is made of, itself left out.
     *
     * @param levels the way to it from this body inwards
     */
    LoopCone of(RunBody body, List<Level> levels) {
      LoopCone cone = new LoopCone(body);
      Level level = levels.getFirst();
      Kind kind = new BodyKinds(body).at(level.iteration());
      Flow flow = new Flow(kind);
      if (levels.size() == 1) {
        flow.needOperands(level.index());
      } else {
        flow.need(level.index(), of(kind.bodies[level.index()], levels.subList(1, levels.size())));
      }
      flow.close(level.index() - 1, this);
      cone.spans.add(level.iteration(), level.iteration(), kind.path, flow, flow);
      cone.walk(level.iteration() - 1, flow.before, this);
      return cone;
    }
  }

  /** What is reached in one iteration. */
  static final class Flow {
    final Kind kind;
    final BitSet nodes = new BitSet();
    final BitSet values = new BitSet();
    final BitSet outers = new BitSet();
    final Map<Integer, LoopCone> inner = new HashMap<>();
    // Variables before the iteration.
    final BitSet before = new BitSet();
    // Variables of inner runs that are needed.
    private final Map<Integer, BitSet> wanted = new HashMap<>();
    private State next;
    private boolean isNoted;

    Flow(Kind kind) {
      this.kind = kind;
    }

    void need(int ref) {
      int index = Ref.index(ref);
      switch (Ref.kind(ref)) {
        case Ref.NODE -> nodes.set(index);
        case Ref.CARRIED -> before.set(index);
        case Ref.OUTER -> outers.set(index);
        case Ref.VALUE -> values.set(index);
        case Ref.INNER -> {
          int node = kind.patch.innerOutputs[2 * index];
          nodes.set(node);
          wanted
              .computeIfAbsent(node, _ -> new BitSet())
              .set(kind.patch.innerOutputs[2 * index + 1]);
        }
        default -> {}
      }
    }

    void needOperands(int node) {
      for (int i = kind.patch.starts[node]; i < kind.patch.starts[node + 1]; i++) {
        need(kind.patch.refs[i]);
      }
    }

    /** Needs an inner run as far as a cone needs it. */
    void need(int node, LoopCone cone) {
      inner.put(node, cone);
      RunInputs taken = kind.bodies[node].inputs();
      int first = kind.patch.starts[node];
      for (int i = 0; i < taken.carried().length; i++) {
        if (cone.carried.get(taken.carried()[i])) {
          need(kind.patch.refs[first + i]);
        }
      }
      first += taken.carried().length;
      for (int i = 0; i < taken.outers().length; i++) {
        if (cone.outers.get(taken.outers()[i])) {
          need(kind.patch.refs[first + i]);
        }
      }
    }

    /** Users have higher numbers than their inputs, so one pass finds everything. */
    void close(int last, Known known) {
      for (int node = last; node >= 0; node--) {
        if (nodes.get(node)) {
          if (kind.bodies[node] == null) {
            needOperands(node);
          } else {
            need(node, known.of(kind.bodies[node], wanted.get(node)));
          }
        }
      }
    }
  }

  /** Variables that are needed after an iteration, one object for each set. */
  private static final class State {
    final BitSet variables;
    final Map<Kind, Flow> flows = new IdentityHashMap<>();

    State(BitSet variables) {
      this.variables = variables;
    }
  }

  final RunBody body;
  final LoopSpans<Flow> spans;

  /** Variables whose value before the first iteration is needed, and fixed items. */
  final BitSet carried = new BitSet();

  final BitSet outers = new BitSet();

  /** Items from elsewhere that are needed. */
  final Set<LineageItem> items = Collections.newSetFromMap(new IdentityHashMap<>());

  private final BodyKinds kinds;
  private final Map<BitSet, State> states = new HashMap<>();

  private LoopCone(RunBody body) {
    this.body = body;
    this.spans = new LoopSpans<>(body.patchCount());
    this.kinds = new BodyKinds(body);
  }

  private void walk(long last, BitSet wanted, Known known) {
    State state = state(wanted);
    long iteration = last;
    while (iteration >= 0 && !state.variables.isEmpty()) {
      Kind kind = kinds.at(iteration);
      long start = kinds.start(iteration);
      state =
          spans.walk(
              state,
              iteration,
              iteration - start + 1,
              -1,
              kind.path,
              at -> flow(at, kind, known),
              this::before);
      iteration = start - 1;
    }
    carried.or(state.variables);
    spans.close().forEach(this::noteItems);
  }

  private State state(BitSet variables) {
    return states.computeIfAbsent(variables, State::new);
  }

  private State before(Flow flow) {
    if (flow.next == null) {
      flow.next = state(flow.before);
    }
    return flow.next;
  }

  private Flow flow(State state, Kind kind, Known known) {
    Flow flow = state.flows.get(kind);
    if (flow == null) {
      flow = new Flow(kind);
      int[] outputs = kind.patch.outputs;
      for (int c = state.variables.nextSetBit(0); c >= 0; c = state.variables.nextSetBit(c + 1)) {
        flow.need(outputs[c]);
      }
      flow.close(kind.patch.size() - 1, known);
      state.flows.put(kind, flow);
    }
    return flow;
  }

  private void noteItems(LoopSpans.Span span) {
    for (Object flow : span.byPath()) {
      if (flow != null) {
        noteItems((Flow) flow, span.from(), span.to(), span.step());
      }
    }
  }

  /** Notes the fixed items and those of columns that iterations of a path need. */
  private void noteItems(Flow flow, long from, long to, long step) {
    if (!flow.isNoted) {
      flow.isNoted = true;
      outers.or(flow.outers);
      flow.inner.values().forEach(cone -> items.addAll(cone.items));
    }
    for (int v = flow.values.nextSetBit(0); v >= 0; v = flow.values.nextSetBit(v + 1)) {
      if (flow.kind.patch.values[v].kind() == ValueKind.ITEM) {
        noteColumn(body.objects(flow.kind.path, v), flow.kind.path, from, to, step);
      }
    }
  }

  private void noteColumn(ObjectColumn column, int path, long from, long to, long step) {
    for (int entry = BodyKinds.entry(column, from); entry < column.size(); entry++) {
      long first = Math.max(from, column.first(entry));
      long end = entry + 1 < column.size() ? column.first(entry + 1) : Long.MAX_VALUE;
      if (first > to) {
        return;
      }
      long aligned = from + (first - from + step - 1) / step * step;
      if (isTaken(path, aligned, Math.min(to, end - 1), step)) {
        items.add((LineageItem) column.value(entry));
      }
    }
  }

  /** True when an iteration of these takes a path; steps are within one path. */
  private boolean isTaken(int path, long from, long to, long step) {
    long at = from;
    while (at <= to) {
      if (body.path.at(at) == path) {
        return true;
      }
      at = step > 1 ? at + step : body.path.stretchEnd(at, to + 1);
    }
    return false;
  }
}
