package dev.reprise.bench;

import dev.reprise.store.plan.GreedyPlanner;
import dev.reprise.store.plan.LinearPlanner;
import dev.reprise.store.plan.MinCutPlanner;
import dev.reprise.store.plan.Plan;
import dev.reprise.store.plan.PlanGraph;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What planning 2,000 operations costs. Target: the exact plan in less than 1 ms. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanBenchmark {
  private static final int OPERATIONS = 2000;

  /**
   * {@code chain}: a long loop, each iteration from the last and from the data; {@code grid}: many
   * models over few feature sets; {@code ladder}: diamonds on diamonds; {@code random}: up to three
   * inputs each.
   */
  @Param({"chain", "grid", "ladder", "random"})
  private String shape;

  private final MinCutPlanner exact = new MinCutPlanner();
  private final LinearPlanner linear = new LinearPlanner();
  private final GreedyPlanner greedy = new GreedyPlanner();
  private final PlanGraph[] graphs = new PlanGraph[2];
  private int turn;

  /** Makes two graphs, so that planning one never starts from the flow of itself. */
  @Setup
  public void makeGraphs() {
    for (int at = 0; at < graphs.length; at++) {
      graphs[at] = graph(new SplittableRandom(at));
    }
  }

  private PlanGraph graph(SplittableRandom random) {
    PlanGraph graph = new PlanGraph(1);
    graph.add(1_000_000_000L);
    for (int node = 1; node < OPERATIONS; node++) {
      graph.add(random.nextLong(1_000_000L), inputs(random, node));
      if (random.nextInt(3) == 0) {
        graph.offer(node, 0, random.nextLong(5_000_000L));
      }
    }
    for (int node = 0; node < OPERATIONS; node++) {
      if (node == OPERATIONS - 1 || shape.equals("grid") && node > 200 && node % 8 == 7) {
        graph.want(node);
      }
    }
    return graph;
  }

  private int[] inputs(SplittableRandom random, int node) {
    return switch (shape) {
      case "chain" -> new int[] {node - 1, 0};
      case "grid" ->
          node <= 200
              ? new int[] {random.nextInt(node), random.nextInt(node)}
              : new int[] {node % 8 == 0 ? random.nextInt(200) : node - 1, random.nextInt(200)};
      case "ladder" -> node % 3 == 0 ? new int[] {node - 1, node - 2} : new int[] {node / 3 * 3};
      default -> new int[] {random.nextInt(node), random.nextInt(node), Math.max(0, node - 1)};
    };
  }

  /** The exact plan of a graph that the planner has not seen. */
  @Benchmark
  public Plan exact() {
    turn ^= 1;
    return exact.plan(graphs[turn]);
  }

  /** The exact plan after one value in the middle came to hand, or was lost again. */
  @Benchmark
  public Plan exactAfterAChange() {
    turn ^= 1;
    if (turn == 0) {
      graphs[0].offer(OPERATIONS / 2, 0, 0);
    } else {
      graphs[0].withdraw(OPERATIONS / 2, 0);
    }
    return exact.plan(graphs[0]);
  }

  /** The published linear pass. */
  @Benchmark
  public Plan linear() {
    return linear.plan(graphs[0]);
  }

  /** Loading whatever exists. */
  @Benchmark
  public Plan greedy() {
    return greedy.plan(graphs[0]);
  }
}
