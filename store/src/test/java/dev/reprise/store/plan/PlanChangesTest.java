package dev.reprise.store.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlanChangesTest {
  /** The smallest optimum is unique, so whatever flow a planner starts from leads to it. */
  @Test
  void planningAgainAfterChangesIsPlanningAnew() {
    for (int seed = 0; seed < 2000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      PlanGraph graph = RandomGraphs.graph(random, 30);
      MinCutPlanner planner = new MinCutPlanner();
      for (int step = 0; step < 25; step++) {
        String again = Plans.text(planner.plan(graph));
        String anew = Plans.text(new MinCutPlanner().plan(graph));
        assertThat(again).as("seed %d, step %d", seed, step).isEqualTo(anew);
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
          RandomGraphs.change(graph, random);
        }
      }
    }
  }

  @Test
  void onePlannerMayGoFromGraphToGraph() {
    MinCutPlanner planner = new MinCutPlanner();
    for (int seed = 0; seed < 2000; seed++) {
      PlanGraph graph = RandomGraphs.graph(new SplittableRandom(seed), 40);
      assertThat(Plans.text(planner.plan(graph)))
          .isEqualTo(Plans.text(new MinCutPlanner().plan(graph)));
    }
  }

  @Test
  void aCheaperLoadNeverMakesThePlanDearerNorIsTheArtifactDropped() {
    eachRandomGraph((graph, random) -> {
      Plan before = new MinCutPlanner().plan(graph);
      int node = random.nextInt(graph.size());
      long load = graph.loadNanos(node);
      graph.offer(node, 0, load == PlanGraph.NO_ARTIFACT ? 20 : load / 2);
      Plan after = new MinCutPlanner().plan(graph);
      assertThat(after.costNanos()).isLessThanOrEqualTo(before.costNanos());
      if (before.action(node) == Action.LOAD) {
        assertThat(after.action(node)).isEqualTo(Action.LOAD);
      }
    });
  }

  @Test
  void dearerComputingNeverMakesThePlanCheaperNorIsMoreComputed() {
    eachRandomGraph((graph, random) -> {
      Plan before = new MinCutPlanner().plan(graph);
      int node = random.nextInt(graph.size());
      graph.recost(node, graph.computeNanos(node) + random.nextInt(6));
      Plan after = new MinCutPlanner().plan(graph);
      assertThat(after.costNanos()).isGreaterThanOrEqualTo(before.costNanos());
      if (before.action(node) != Action.COMPUTE) {
        assertThat(Plans.text(after)).isEqualTo(Plans.text(before));
      }
    });
  }

  @Test
  void wantingMoreNeverSavesAndCostsAtMostWhatItCostsAlone() {
    eachRandomGraph((graph, random) -> {
      long before = new MinCutPlanner().plan(graph).costNanos();
      int node = random.nextInt(graph.size());
      boolean[] wanted = new boolean[graph.size()];
      for (int i = 0; i < graph.size(); i++) {
        wanted[i] = graph.isWanted(i);
        graph.unwant(i);
      }
      graph.want(node);
      long alone = new MinCutPlanner().plan(graph).costNanos();
      for (int i = 0; i < graph.size(); i++) {
        if (wanted[i]) {
          graph.want(i);
        }
      }
      assertThat(new MinCutPlanner().plan(graph).costNanos()).isBetween(before, before + alone);
    });
  }

  private interface Property {
    void hold(PlanGraph graph, SplittableRandom random);
  }

  private static void eachRandomGraph(Property property) {
    for (int seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      property.hold(RandomGraphs.graph(random, 25), random);
    }
  }
}
