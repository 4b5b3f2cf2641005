package dev.reprise.store.plan;

import static org.assertj.core.api.Assertions.assertThat;

/** What every plan must fulfil. */
final class Plans {
  private Plans() {}

  static void check(PlanGraph graph, Plan plan) {
    long cost = 0;
    assertThat(plan.size()).isEqualTo(graph.size());
    for (int node = 0; node < graph.size(); node++) {
      Action action = plan.action(node);
      if (graph.isWanted(node)) {
        assertThat(action).isNotEqualTo(Action.SKIP);
      }
      if (action == Action.LOAD) {
        assertThat(graph.loadNanos(node)).isNotEqualTo(PlanGraph.NO_ARTIFACT);
        cost += graph.loadNanos(node);
      } else if (action == Action.COMPUTE) {
        cost += graph.computeNanos(node);
        for (int input : graph.inputs(node)) {
          assertThat(plan.action(input)).isNotEqualTo(Action.SKIP);
        }
      }
    }
    assertThat(plan.costNanos()).isEqualTo(cost);
  }

  static int bits(Plan plan, Action action) {
    return plan.nodes(action).reduce(0, (set, node) -> set | 1 << node);
  }

  static String text(Plan plan) {
    StringBuilder text = new StringBuilder();
    for (int node = 0; node < plan.size(); node++) {
      text.append(plan.action(node).name().charAt(0));
    }
    return text.toString();
  }
}
