package dev.reprise.store.plan;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Small random graphs with many ties. */
final class RandomGraphs {
  private RandomGraphs() {}

  static PlanGraph graph(SplittableRandom random, int largest) {
    PlanGraph graph = new PlanGraph(2);
    int size = random.nextInt(1, largest + 1);
    for (int node = 0; node < size; node++) {
      addNode(graph, random);
    }
    for (int node = 0; node < size; node++) {
      if (random.nextInt(4) == 0) {
        graph.want(node);
      }
    }
    graph.want(size - 1);
    return graph;
  }

  static void addNode(PlanGraph graph, SplittableRandom random) {
    int before = graph.size();
    int degree = before == 0 ? 0 : random.nextInt(4);
    int[] inputs = IntStream.range(0, degree).map(k -> random.nextInt(before)).toArray();
    int node = graph.add(random.nextInt(8), inputs);
    for (int tier = 0; tier < 2; tier++) {
      if (random.nextInt(3) == 0) {
        graph.offer(node, tier, random.nextInt(14));
      }
    }
  }

  /** One small change of any kind. */
  static void change(PlanGraph graph, SplittableRandom random) {
    int node = random.nextInt(graph.size());
    switch (random.nextInt(7)) {
      case 0 -> graph.want(node);
      case 1 -> graph.unwant(node);
      case 2 -> graph.recost(node, random.nextInt(8));
      case 3 -> graph.offer(node, random.nextInt(2), random.nextInt(14));
      case 4 -> graph.withdraw(node, random.nextInt(2));
      case 5 -> graph.offer(node, 0, 0);
      default -> addNode(graph, random);
    }
  }
}
