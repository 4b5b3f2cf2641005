package dev.reprise.store.materialise;

import java.util.BitSet;

/**
 * EG's heuristics-based algorithm (section 5): by falling utility, whatever still fits. Sizes are
 * those of whole artifacts, as if they shared no chunk.
 *
 * @param alpha weight of the potential; EG takes 0.5
 */
public record HeuristicMaterialiser(double alpha) implements Materialiser {
  /** Checks the weight. */
  public HeuristicMaterialiser {
    new Utilities(alpha);
  }

  /** With EG's weight. */
  public HeuristicMaterialiser() {
    this(0.5);
  }

  @Override
  public Selection select(ArtifactGraph graph, long budgetBytes) {
    Budget.check(budgetBytes);
    KeptChunks kept = new KeptChunks(graph);
    Ranking ranking = new Utilities(alpha).rank(graph, graph::bytes, new BitSet());
    long left = budgetBytes;
    while (!ranking.isEmpty()) {
      int vertex = ranking.take();
      if (graph.bytes(vertex) <= left) {
        left -= graph.bytes(vertex);
        kept.add(vertex);
      }
    }
    return kept.selection();
  }
}
