package dev.reprise.store.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MinCutPlannerTest {
  private final Planner planner = new MinCutPlanner();

  /** The example of docs/planning.md: both branches of a join share the expensive operation. */
  private static PlanGraph diamond() {
    PlanGraph graph = new PlanGraph(1);
    int top = graph.add(10);
    int left = graph.add(1, top);
    int right = graph.add(1, top);
    int join = graph.add(1, left, right);
    graph.offer(join, 0, 15);
    graph.want(join);
    return graph;
  }

  @Test
  void theDiamondCosts13WhereTheLinearPassPays15() {
    PlanGraph graph = diamond();
    Plan linear = new LinearPlanner().plan(graph);
    assertThat(linear.costNanos()).isEqualTo(15);
    assertThat(Plans.text(linear)).isEqualTo("SSSL");
    Plan exact = planner.plan(graph);
    assertThat(exact.costNanos()).isEqualTo(13);
    assertThat(Plans.text(exact)).isEqualTo("CCCC");
    assertThat(new GreedyPlanner().plan(graph).costNanos()).isEqualTo(15);
  }

  /** And the optimum is the smallest of all optimal plans. */
  @Test
  void agreesWithBruteForceOnAHundredThousandGraphs() {
    LinearPlanner linear = new LinearPlanner();
    GreedyPlanner greedy = new GreedyPlanner();
    int linearMisses = 0;
    int greedyMisses = 0;
    for (int seed = 0; seed < 100_000; seed++) {
      PlanGraph graph = RandomGraphs.graph(new SplittableRandom(seed), 8);
      BruteForce best = new BruteForce(graph);
      Plan plan = planner.plan(graph);
      if (plan.costNanos() != best.costNanos
          || Plans.bits(plan, Action.COMPUTE) != best.computed
          || Plans.bits(plan, Action.LOAD) != (best.present & ~best.computed)) {
        Plans.check(graph, plan);
        assertThat(Plans.text(plan) + " " + plan.costNanos())
            .as("seed %d", seed)
            .isEqualTo("the optimum " + best.costNanos);
      }
      linearMisses += linear.plan(graph).costNanos() > best.costNanos ? 1 : 0;
      greedyMisses += greedy.plan(graph).costNanos() > best.costNanos ? 1 : 0;
    }
    assertThat(linearMisses).as("graphs with shared values exist").isGreaterThan(1000);
    assertThat(greedyMisses).isGreaterThan(linearMisses);
  }

  @Test
  void everyPlannerAnswersWithAPlanThatCanBeExecuted() {
    for (int seed = 0; seed < 300; seed++) {
      PlanGraph graph = RandomGraphs.graph(new SplittableRandom(seed), 60);
      Plan exact = planner.plan(graph);
      Plan linear = new LinearPlanner().plan(graph);
      Plan greedy = new GreedyPlanner().plan(graph);
      Plans.check(graph, exact);
      Plans.check(graph, linear);
      Plans.check(graph, greedy);
      assertThat(exact.costNanos())
          .isLessThanOrEqualTo(Math.min(linear.costNanos(), greedy.costNanos()));
    }
  }

  @Test
  void theLinearPassIsExactOnTrees() {
    for (int seed = 0; seed < 2000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      PlanGraph graph = new PlanGraph(1);
      int[] roots = new int[30];
      int open = 0;
      for (int node = 0; node < 30; node++) {
        int taken = Math.min(open, random.nextInt(3));
        int[] inputs = Arrays.copyOfRange(roots, open - taken, open);
        open -= taken;
        roots[open++] = graph.add(random.nextInt(9), inputs);
        if (random.nextInt(3) == 0) {
          graph.offer(node, 0, random.nextInt(25));
        }
      }
      for (int at = 0; at < open; at++) {
        graph.want(roots[at]);
      }
      assertThat(Plans.text(planner.plan(graph)))
          .as("seed %d", seed)
          .isEqualTo(Plans.text(new LinearPlanner().plan(graph)));
    }
  }

  @Test
  void ofEqualCostsTheOneThatTouchesFewerOperationsIsChosen() {
    PlanGraph graph = new PlanGraph(1);
    int source = graph.add(2);
    int end = graph.add(3, source);
    graph.offer(end, 0, 5);
    graph.offer(source, 0, 2);
    graph.want(end);
    assertThat(Plans.text(planner.plan(graph))).isEqualTo("SL");
  }

  @Test
  void anExpensiveArtifactServesTwoConsumersThatWouldNotLoadItAlone() {
    PlanGraph graph = new PlanGraph(1);
    int source = graph.add(9);
    int shared = graph.add(4, source);
    graph.offer(shared, 0, 10);
    int left = graph.add(1, shared);
    int right = graph.add(1, shared);
    graph.offer(left, 0, 8);
    graph.offer(right, 0, 8);
    graph.want(left);
    assertThat(Plans.text(planner.plan(graph))).isEqualTo("SSLS");
    graph.want(right);
    assertThat(Plans.text(planner.plan(graph))).isEqualTo("SLCC");
  }

  @Test
  void theCheapestTierIsTakenAndTheFirstOfEquals() {
    PlanGraph graph = new PlanGraph(3);
    int node = graph.add(100);
    graph.want(node);
    assertThat(graph.cheapestTier(node)).isEqualTo(-1);
    graph.offer(node, 2, 30);
    graph.offer(node, 1, 30);
    graph.offer(node, 0, 40);
    assertThat(graph.cheapestTier(node)).isEqualTo(1);
    assertThat(planner.plan(graph).costNanos()).isEqualTo(30);
    graph.withdraw(node, 1);
    assertThat(graph.cheapestTier(node)).isEqualTo(2);
    graph.withdraw(node, 2);
    assertThat(planner.plan(graph).costNanos()).isEqualTo(40);
    graph.withdraw(node, 0);
    assertThat(Plans.text(planner.plan(graph))).isEqualTo("C");
  }

  @Test
  void aValueAtHandStopsThePlan() {
    PlanGraph graph = diamond();
    graph.offer(0, 0, 0);
    Plan plan = planner.plan(graph);
    assertThat(Plans.text(plan)).isEqualTo("LCCC");
    assertThat(plan.costNanos()).isEqualTo(3);
  }

  @Test
  void nothingWantedCostsNothing() {
    PlanGraph empty = new PlanGraph(1);
    assertThat(planner.plan(empty).size()).isZero();
    assertThat(new LinearPlanner().plan(empty).costNanos()).isZero();
    PlanGraph graph = diamond();
    graph.unwant(3);
    Plan plan = planner.plan(graph);
    assertThat(Plans.text(plan)).isEqualTo("SSSS");
    assertThat(plan.costNanos()).isZero();
  }

  @Test
  void onlyCostsOfZeroArePlannedLikeOthers() {
    PlanGraph graph = new PlanGraph(1);
    int source = graph.add(0);
    int end = graph.add(0, source, source);
    graph.want(end);
    assertThat(Plans.text(planner.plan(graph))).isEqualTo("CC");
    graph.offer(source, 0, 0);
    assertThat(Plans.text(planner.plan(graph))).isEqualTo("LC");
  }

  @Test
  void aChainOfAMillionOperationsNeedsNoStack() {
    PlanGraph graph = new PlanGraph(1);
    int node = graph.add(5);
    for (int i = 1; i < 1_000_000; i++) {
      node = graph.add(1 + i % 3, node);
      if (i % 1000 == 0) {
        graph.offer(node, 0, 2_500_000L - i);
      }
    }
    graph.want(node);
    Plan plan = planner.plan(graph);
    Plans.check(graph, plan);
    assertThat(plan.costNanos()).isEqualTo(new LinearPlanner().plan(graph).costNanos());
    assertThat(plan.nodes(Action.LOAD).count()).isEqualTo(1);
  }

  /** Repeated counting doubles at every level: 2^200. */
  @Test
  void aLadderOfDiamondsOverflowsNothing() {
    PlanGraph graph = new PlanGraph(1);
    int node = graph.add(1);
    for (int level = 0; level < 200; level++) {
      int left = graph.add(1, node);
      int right = graph.add(1, node);
      node = graph.add(1, left, right);
    }
    graph.offer(node, 0, 602);
    graph.want(node);
    assertThat(planner.plan(graph).costNanos()).isEqualTo(601);
    assertThat(new LinearPlanner().plan(graph).costNanos()).isEqualTo(602);
  }

  @Test
  void costsUpToTheLargestTotalArePlanned() {
    PlanGraph graph = new PlanGraph(1);
    long half = PlanGraph.LARGEST_TOTAL / 2;
    int source = graph.add(half - 1);
    int end = graph.add(1, source);
    graph.offer(end, 0, half);
    graph.want(end);
    assertThat(planner.plan(graph).costNanos()).isEqualTo(half);
  }
}
