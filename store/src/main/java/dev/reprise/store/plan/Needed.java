package dev.reprise.store.plan;

import java.util.function.IntPredicate;

/** Walks from what is wanted towards inputs, consumers before their inputs. */
final class Needed {
  private Needed() {}

  /** The plan that loads what {@code loads} says and computes whatever else it comes to need. */
  static Plan plan(PlanGraph graph, IntPredicate loads) {
    Plan.Builder plan = new Plan.Builder(graph);
    boolean[] isNeeded = new boolean[graph.size()];
    for (int position = 0; position < graph.wantedCount(); position++) {
      isNeeded[graph.wanted(position)] = true;
    }
    for (int node = graph.size() - 1; node >= 0; node--) {
      if (!isNeeded[node]) {
        continue;
      }
      if (loads.test(node)) {
        plan.load(node);
        continue;
      }
      plan.compute(node);
      for (int edge = graph.firstEdge(node); edge < graph.firstEdge(node + 1); edge++) {
        isNeeded[graph.edgeInput(edge)] = true;
      }
    }
    return plan.build();
  }
}
