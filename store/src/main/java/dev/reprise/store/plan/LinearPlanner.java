package dev.reprise.store.plan;

/**
 * The linear pass of EG (Derakhshan et al., SIGMOD 2020, section 6). Forward: what a value costs is
 * the less of loading it and of its operation plus what its inputs cost. Backward from what is
 * wanted: what was cheaper to load is loaded, the rest is computed.
 *
 * <p>The forward pass adds up inputs as if they had nothing in common, so a value that two inputs
 * share is paid twice. The plan is the minimum where no value is shared, and may be worse
 * elsewhere.
 */
public final class LinearPlanner implements Planner {
  @Override
  public Plan plan(PlanGraph graph) {
    int size = graph.size();
    boolean[] isLoaded = new boolean[size];
    long[] costNanos = new long[size];
    for (int node = 0; node < size; node++) {
      long compute = graph.computeNanos(node);
      for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
        // Repeated counting doubles with every level of a graph: it reaches any bound.
        compute = Math.min(compute + costNanos[graph.edgeInput(edge)], PlanGraph.LARGEST_TOTAL);
      }
      long load = graph.loadNanos(node);
      isLoaded[node] = load <= compute;
      costNanos[node] = Math.min(load, compute);
    }
    return Needed.plan(graph, node -> isLoaded[node]);
  }
}
