package dev.reprise.store.plan;

import java.util.stream.IntStream;

/**
 * What to do about every operation of a {@link PlanGraph}. Executed by ascending number, every
 * operation finds its inputs.
 */
public final class Plan {
  private static final Action[] ACTIONS = Action.values();

  private final byte[] actions;
  private final long costNanos;

  private Plan(byte[] actions, long costNanos) {
    this.actions = actions;
    this.costNanos = costNanos;
  }

  /** How many operations the graph had. */
  public int size() {
    return actions.length;
  }

  /** What to do about an operation. */
  public Action action(int node) {
    return ACTIONS[actions[node]];
  }

  /** What all loads and computations together cost. */
  public long costNanos() {
    return costNanos;
  }

  /** The operations with an action, ascending. */
  public IntStream nodes(Action action) {
    return IntStream.range(0, actions.length).filter(i -> actions[i] == action.ordinal());
  }

  /** A plan in the making. */
  static final class Builder {
    private final PlanGraph graph;
    private final byte[] actions;
    private long costNanos;

    Builder(PlanGraph graph) {
      this.graph = graph;
      this.actions = new byte[graph.size()];
    }

    void load(int node) {
      actions[node] = (byte) Action.LOAD.ordinal();
      costNanos += graph.loadNanos(node);
    }

    void compute(int node) {
      actions[node] = (byte) Action.COMPUTE.ordinal();
      costNanos += graph.computeNanos(node);
    }

    Plan build() {
      return new Plan(actions, costNanos);
    }
  }
}
