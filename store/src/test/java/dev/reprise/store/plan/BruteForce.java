package dev.reprise.store.plan;

/** Tries every set of operations to compute. */
final class BruteForce {
  private final PlanGraph graph;
  private final int size;
  private final int[] inputs;
  private int wanted;

  long costNanos = Long.MAX_VALUE;

  /** What all optimal plans compute, and what all of them load or compute, as bits. */
  int computed;

  int present;

  BruteForce(PlanGraph graph) {
    this.graph = graph;
    this.size = graph.size();
    this.inputs = new int[size];
    for (int node = 0; node < size; node++) {
      for (int input : graph.inputs(node)) {
        inputs[node] |= 1 << input;
      }
      wanted |= graph.isWanted(node) ? 1 << node : 0;
    }
    for (int set = 0; set < 1 << size; set++) {
      consider(set);
    }
  }

  private void consider(int set) {
    int needed = wanted;
    long cost = 0;
    for (int node = 0; node < size; node++) {
      if ((set >> node & 1) != 0) {
        needed |= inputs[node];
        cost += graph.computeNanos(node);
      }
    }
    int loaded = needed & ~set;
    for (int node = 0; node < size; node++) {
      if ((loaded >> node & 1) != 0) {
        if (graph.loadNanos(node) == PlanGraph.NO_ARTIFACT) {
          return;
        }
        cost += graph.loadNanos(node);
      }
    }
    if (cost < costNanos) {
      costNanos = cost;
      computed = set;
      present = set | loaded;
    } else if (cost == costNanos) {
      computed &= set;
      present &= set | loaded;
    }
  }
}
