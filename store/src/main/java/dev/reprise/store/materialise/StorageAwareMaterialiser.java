package dev.reprise.store.materialise;

/**
 * EG's storage-aware algorithm (section 5): the heuristics-based choice in rounds. After each round
 * chunks that several artifacts share are stored once, which leaves bytes of the budget and makes
 * the artifacts not yet kept smaller; the next round chooses for what is left, until a round adds
 * nothing.
 *
 * @param alpha weight of the potential; EG takes 0.5
 */
public record StorageAwareMaterialiser(double alpha) implements Materialiser {
  /** Rounds after which little can be left; it bounds the time. */
  private static final int MOST_ROUNDS = 64;

  /** Checks the weight. */
  public StorageAwareMaterialiser {
    new Utilities(alpha);
  }

  /** With EG's weight. */
  public StorageAwareMaterialiser() {
    this(0.5);
  }

  @Override
  public Selection select(ArtifactGraph graph, long budgetBytes) {
    Budget.check(budgetBytes);
    KeptChunks kept = new KeptChunks(graph);
    for (int round = 0; round < MOST_ROUNDS && addRound(graph, budgetBytes, kept); round++) {
      // Each round sees what the last one left.
    }
    return kept.selection();
  }

  private boolean addRound(ArtifactGraph graph, long budgetBytes, KeptChunks kept) {
    long[] missing = new long[graph.size()];
    for (int vertex = 0; vertex < missing.length; vertex++) {
      missing[vertex] = kept.missingBytes(vertex);
    }
    Ranking ranking = new Utilities(alpha).rank(graph, vertex -> missing[vertex], kept.kept());
    long left = budgetBytes - kept.bytes();
    boolean isAdded = false;
    while (!ranking.isEmpty()) {
      int vertex = ranking.take();
      if (missing[vertex] <= left) {
        left -= missing[vertex];
        kept.add(vertex);
        isAdded = true;
      }
    }
    return isAdded;
  }
}
