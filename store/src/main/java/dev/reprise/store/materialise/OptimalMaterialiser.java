package dev.reprise.store.materialise;

import java.util.Arrays;
import java.util.Objects;

/**
 * The selection with which the workload costs least, by branch and bound. Time grows exponentially
 * with the artifacts that can pay.
 */
record OptimalMaterialiser(Workload workload) implements Materialiser {
  /** More artifacts to choose from are refused. */
  public static final int MOST_ARTIFACTS = 24;

  /** Requires a workload. */
  public OptimalMaterialiser {
    Objects.requireNonNull(workload);
  }

  @Override
  public Selection select(ArtifactGraph graph, long budgetBytes) {
    Budget.check(budgetBytes);
    WorkloadCost cost = new WorkloadCost(graph, workload);
    int[] candidates = Arrays.stream(cost.vertices()).filter(graph::isCandidate).toArray();
    if (candidates.length > MOST_ARTIFACTS) {
      throw new IllegalArgumentException(
          "the optimum of "
              + candidates.length
              + " artifacts takes too long; at most "
              + MOST_ARTIFACTS
              + " are accepted");
    }
    Branches branches = new Branches(graph, cost, candidates, budgetBytes);
    branches.visit(0);
    return branches.best;
  }

  private static final class Branches {
    private final WorkloadCost cost;
    private final int[] candidates;
    private final long budgetBytes;
    private final KeptChunks chunks;
    private Selection best;
    private double least = Double.POSITIVE_INFINITY;

    Branches(ArtifactGraph graph, WorkloadCost cost, int[] candidates, long budgetBytes) {
      this.cost = cost;
      this.candidates = candidates;
      this.budgetBytes = budgetBytes;
      this.chunks = new KeptChunks(graph);
    }

    void visit(int depth) {
      if (cost.total() < least) {
        least = cost.total();
        best = chunks.selection();
      }
      if (depth == candidates.length) {
        return;
      }
      // More artifacts never make a plan dearer, so no branch from here is better than all of them.
      int[] rest = Arrays.copyOfRange(candidates, depth, candidates.length);
      if (cost.total() - cost.saving(rest) >= least) {
        return;
      }
      int vertex = candidates[depth];
      if (chunks.missingBytes(vertex) <= budgetBytes - chunks.bytes()) {
        chunks.add(vertex);
        cost.keep(vertex);
        visit(depth + 1);
        cost.drop(vertex);
        chunks.remove(vertex);
      }
      visit(depth + 1);
    }
  }
}
