package dev.reprise.store.materialise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Keeps what makes the expected workload cheapest, where the cost of each program is that of its
 * exact plan for what is kept; ours.
 *
 * <p>Starts from the best of four selections: the two published ones, what was kept before, and a
 * lazy greedy one: the greatest saving per byte not kept yet, where a candidate is one artifact, or
 * all that a program would load if everything were kept (two branches of a join save little one by
 * one). Then exchanges: one artifact is dropped and the room filled anew, as long as that pays. It
 * is never worse than what it starts from, and keeps nothing that the workload does not miss.
 *
 * @param workload what is expected
 * @param before what was kept until now; what does not fit or cannot pay any more is left out
 * @param mostTrials after how many trial plans of a candidate exchanging ends
 */
public record BenefitMaterialiser(Workload workload, Selection before, int mostTrials)
    implements Materialiser {
  private static final int TRIALS = 20_000;

  /** Requires a workload and a selection. */
  public BenefitMaterialiser {
    Objects.requireNonNull(workload);
    Objects.requireNonNull(before);
  }

  /** From nothing. */
  public BenefitMaterialiser(Workload workload) {
    this(workload, new Selection(new BitSet(), 0), TRIALS);
  }

  @Override
  public Selection select(ArtifactGraph graph, long budgetBytes) {
    Budget.check(budgetBytes);
    List<int[]> starts = new ArrayList<>();
    starts.add(new int[0]);
    starts.add(members(new HeuristicMaterialiser().select(graph, budgetBytes)));
    starts.add(members(new StorageAwareMaterialiser().select(graph, budgetBytes)));
    starts.add(members(before));
    Search search = new Search(graph, workload, budgetBytes);
    int[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int[] start : starts) {
      search.become(start);
      search.prune();
      search.fill();
      if (search.cost.total() < least) {
        least = search.cost.total();
        best = search.members();
      }
    }
    search.become(best);
    search.exchange(mostTrials);
    search.prune();
    return search.chunks.selection();
  }

  private static int[] members(Selection selection) {
    return selection.kept().stream().toArray();
  }

  /** A selection on its way. */
  private static final class Search {
    private final ArtifactGraph graph;
    private final long budgetBytes;
    private final WorkloadCost cost;
    private final KeptChunks chunks;
    private final List<int[]> candidates = new ArrayList<>();
    private int trials;

    Search(ArtifactGraph graph, Workload workload, long budgetBytes) {
      this.graph = graph;
      this.budgetBytes = budgetBytes;
      this.cost = new WorkloadCost(graph, workload);
      this.chunks = new KeptChunks(graph);
      for (int vertex : cost.vertices()) {
        if (graph.isCandidate(vertex)) {
          candidates.add(new int[] {vertex});
        }
      }
      Set<List<Integer>> bundles = new LinkedHashSet<>();
      for (PlannedRequest request : cost.requests()) {
        bundles.add(Arrays.stream(request.loadsOfAll()).boxed().toList());
      }
      for (List<Integer> bundle : bundles) {
        if (bundle.size() > 1) {
          candidates.add(bundle.stream().mapToInt(Integer::intValue).toArray());
        }
      }
    }

    int[] members() {
      return chunks.kept().stream().toArray();
    }

    void become(int... vertices) {
      BitSet wanted = new BitSet();
      for (int vertex : vertices) {
        wanted.set(vertex);
      }
      for (int vertex : members()) {
        if (!wanted.get(vertex)) {
          remove(vertex);
        }
      }
      for (int vertex : vertices) {
        boolean isNew = vertex < graph.size() && !chunks.keeps(vertex);
        if (isNew && graph.isCandidate(vertex) && fits(vertex)) {
          add(vertex);
        }
      }
    }

    /** Drops what the workload does not miss. */
    void prune() {
      for (int vertex : members()) {
        double before = cost.total();
        remove(vertex);
        if (cost.total() > before) {
          add(vertex);
        }
      }
    }

    private void add(int... vertices) {
      cost.keep(vertices);
      for (int vertex : vertices) {
        chunks.add(vertex);
      }
    }

    private void remove(int... vertices) {
      cost.drop(vertices);
      for (int vertex : vertices) {
        chunks.remove(vertex);
      }
    }

    private boolean fits(int... vertices) {
      return missingBytes(vertices) <= budgetBytes - chunks.bytes();
    }

    /** Of several together: chunks that they share count once. */
    private long missingBytes(int... vertices) {
      if (vertices.length == 1) {
        return chunks.missingBytes(vertices[0]);
      }
      long before = chunks.bytes();
      int[] fresh = Arrays.stream(vertices).filter(vertex -> !chunks.keeps(vertex)).toArray();
      for (int vertex : fresh) {
        chunks.add(vertex);
      }
      long missing = chunks.bytes() - before;
      for (int vertex : fresh) {
        chunks.remove(vertex);
      }
      return missing;
    }

    /**
     * Adds candidates by falling saving per byte while they fit. A saving is computed again only
     * when its candidate comes first: mostly it has fallen since.
     */
    void fill(int... except) {
      Ranking ranking = new Ranking();
      for (int at = 0; at < candidates.size(); at++) {
        rank(ranking, at, except);
      }
      while (!ranking.isEmpty()) {
        int first = ranking.take();
        double ratio = ratio(candidates.get(first), except);
        if (!ranking.isEmpty() && ratio < ranking.greatest()) {
          if (ratio > 0) {
            ranking.add(first, ratio);
          }
        } else if (ratio > 0) {
          add(candidates.get(first));
        }
      }
    }

    private void rank(Ranking ranking, int candidate, int[] except) {
      double ratio = ratio(candidates.get(candidate), except);
      if (ratio > 0) {
        ranking.add(candidate, ratio);
      }
    }

    /** Saving per byte; 0 for what does not fit, is kept or is not to be taken. */
    private double ratio(int[] candidate, int[] except) {
      for (int excepted : except) {
        for (int vertex : candidate) {
          if (vertex == excepted) {
            return 0;
          }
        }
      }
      if (Arrays.stream(candidate).allMatch(chunks::keeps) || !fits(candidate)) {
        return 0;
      }
      trials++;
      return cost.saving(candidate) / Math.max(1, missingBytes(candidate));
    }

    /** Replaces artifacts one by one as long as the workload gets cheaper. */
    void exchange(int mostTrials) {
      trials = 0;
      boolean isImproved = true;
      while (isImproved) {
        isImproved = false;
        for (int vertex : members()) {
          if (trials >= mostTrials) {
            return;
          }
          isImproved |= replace(vertex);
        }
      }
    }

    private boolean replace(int vertex) {
      int[] before = members();
      double costBefore = cost.total();
      remove(vertex);
      fill(vertex);
      if (cost.total() < costBefore) {
        return true;
      }
      become(before);
      return false;
    }
  }
}
