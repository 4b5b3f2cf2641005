package dev.reprise.store.materialise;

import java.util.Arrays;

/**
 * What it costs to compute a vertex and all its ancestors, each once. Exact up to {@link
 * ArtifactGraph#EXACT_ANCESTORS} ancestors. With more, the least of two upper bounds: inputs added
 * up as if they shared nothing, and everything that was added before.
 */
final class RecreationCosts {
  private final ArtifactGraph graph;
  private int known;
  private long[] nanos = new long[16];
  private long[] before = new long[17];

  /** Which search met a vertex last. */
  private int[] met = new int[16];

  private int searches;

  private final int[] found = new int[ArtifactGraph.EXACT_ANCESTORS + 1];

  RecreationCosts(ArtifactGraph graph) {
    this.graph = graph;
  }

  /** Costs of this vertex and of later ones may have changed. */
  void forgetFrom(int vertex) {
    known = Math.min(known, vertex);
  }

  long nanos(int vertex) {
    if (vertex >= known) {
      learn();
    }
    return nanos[vertex];
  }

  private void learn() {
    if (nanos.length < graph.size()) {
      int capacity = Math.max(graph.size(), 2 * nanos.length);
      nanos = Arrays.copyOf(nanos, capacity);
      before = Arrays.copyOf(before, capacity + 1);
      met = Arrays.copyOf(met, capacity);
    }
    for (; known < graph.size(); known++) {
      before[known + 1] = before[known] + graph.computeNanos(known);
      long exact = exact(known);
      nanos[known] = exact >= 0 ? exact : bound(known);
    }
  }

  private int nextMark() {
    if (searches == Integer.MAX_VALUE) {
      Arrays.fill(met, 0);
      searches = 0;
    }
    return ++searches;
  }

  /** -1 if there are too many ancestors. */
  private long exact(int vertex) {
    int mark = nextMark();
    long sum = 0;
    int count = 1;
    found[0] = vertex;
    met[vertex] = mark;
    for (int at = 0; at < count; at++) {
      int next = found[at];
      sum += graph.computeNanos(next);
      for (int edge = graph.firstEdge(next); edge < graph.firstEdge(next + 1); edge++) {
        int input = graph.edgeInput(edge);
        if (met[input] == mark) {
          continue;
        }
        if (count == found.length) {
          return -1;
        }
        met[input] = mark;
        found[count++] = input;
      }
    }
    return sum;
  }

  private long bound(int vertex) {
    long sum = graph.computeNanos(vertex);
    for (int edge = graph.firstEdge(vertex); edge < graph.firstEdge(vertex + 1); edge++) {
      sum = Math.min(sum + nanos[graph.edgeInput(edge)], before[vertex + 1]);
    }
    return sum;
  }
}
