package dev.reprise.store.materialise;

import java.util.BitSet;
import java.util.function.IntToLongFunction;

/**
 * Utilities of artifacts as EG has them (section 5): 0 where loading costs at least as much as
 * recreating, else {@code alpha * p + (1 - alpha) * rcs}, where p is the vertex's share of all
 * potentials, and rcs its share of all {@code frequency * recreation cost / size}.
 */
record Utilities(double alpha) {
  Utilities {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be between 0 and 1, found " + alpha);
    }
  }

  /**
   * Artifacts with a utility that are not in {@code without}, the most useful first.
   *
   * @param bytes size of each; below one byte counts as one
   */
  Ranking rank(ArtifactGraph graph, IntToLongFunction bytes, BitSet without) {
    int size = graph.size();
    double[] ratios = new double[size];
    double allRatios = 0;
    double allPotentials = 0;
    for (int vertex = 0; vertex < size; vertex++) {
      ratios[vertex] =
          graph.frequency(vertex)
              * graph.recreationNanos(vertex)
              / Math.max(1, bytes.applyAsLong(vertex));
      allRatios += ratios[vertex];
      allPotentials += graph.potential(vertex);
    }
    Ranking ranking = new Ranking();
    for (int vertex = 0; vertex < size; vertex++) {
      if (graph.isCandidate(vertex) && !without.get(vertex)) {
        double utility =
            alpha * share(graph.potential(vertex), allPotentials)
                + (1 - alpha) * share(ratios[vertex], allRatios);
        if (utility > 0) {
          ranking.add(vertex, utility);
        }
      }
    }
    return ranking;
  }

  private static double share(double part, double all) {
    return all > 0 ? part / all : 0;
  }
}
