package dev.reprise.store.materialise;

import dev.reprise.store.plan.Action;
import dev.reprise.store.plan.MinCutPlanner;
import dev.reprise.store.plan.PlanGraph;
import java.util.Arrays;
import java.util.BitSet;

/** One request, the part of the graph below it, and its exact plan for what is kept. */
final class PlannedRequest {
  private final ArtifactGraph graph;

  /** Vertices at or below what is wanted, ascending; a position here is a number in the plan. */
  private final int[] vertices;

  private final PlanGraph operations = new PlanGraph(1);
  private final MinCutPlanner planner = new MinCutPlanner();
  private final double weight;

  PlannedRequest(ArtifactGraph graph, Workload.Request request) {
    this.graph = graph;
    this.weight = request.weight();
    BitSet below = new BitSet();
    request.wanted().forEach(below::set);
    for (int v = below.length() - 1; v >= 0; v = below.previousSetBit(v - 1)) {
      for (int edge = graph.firstEdge(v); edge < graph.firstEdge(v + 1); edge++) {
        below.set(graph.edgeInput(edge));
      }
    }
    this.vertices = below.stream().toArray();
    for (int vertex : vertices) {
      int first = graph.firstEdge(vertex);
      int[] inputs = new int[graph.firstEdge(vertex + 1) - first];
      Arrays.setAll(inputs, k -> number(graph.edgeInput(first + k)));
      operations.add(graph.computeNanos(vertex), inputs);
    }
    request.wanted().forEach(vertex -> operations.want(number(vertex)));
  }

  private int number(int vertex) {
    return Arrays.binarySearch(vertices, vertex);
  }

  int[] vertices() {
    return vertices;
  }

  void offer(int vertex) {
    operations.offer(number(vertex), 0, graph.loadNanos(vertex));
  }

  void withdraw(int vertex) {
    operations.withdraw(number(vertex), 0);
  }

  double cost() {
    return weight * planner.plan(operations).costNanos();
  }

  /** What its plan loads if every candidate is kept. */
  int[] loadsOfAll() {
    for (int vertex : vertices) {
      if (graph.isCandidate(vertex)) {
        offer(vertex);
      }
    }
    int[] loads =
        planner.plan(operations).nodes(Action.LOAD).map(number -> vertices[number]).toArray();
    for (int vertex : vertices) {
      withdraw(vertex);
    }
    return loads;
  }
}
