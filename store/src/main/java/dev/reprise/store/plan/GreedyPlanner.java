package dev.reprise.store.plan;

/**
 * Walks from what is wanted towards inputs and loads whatever some tier offers, as a look-up by key
 * before each operation does. Linear; looks at no cost.
 */
public final class GreedyPlanner implements Planner {
  @Override
  public Plan plan(PlanGraph graph) {
    return Needed.plan(graph, node -> graph.loadNanos(node) != PlanGraph.NO_ARTIFACT);
  }
}
