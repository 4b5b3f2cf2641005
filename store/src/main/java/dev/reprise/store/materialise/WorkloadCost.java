package dev.reprise.store.materialise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What a workload costs with the artifacts that are kept, and what it would cost with others:
 * requests below which nothing changes are not planned again.
 */
final class WorkloadCost {
  private final List<PlannedRequest> requests = new ArrayList<>();

  /** Requests above a vertex: from its start to the next one's. */
  private final int[] aboveStart;

  private final int[] above;

  private final double[] costs;
  private final BitSet kept = new BitSet();

  WorkloadCost(ArtifactGraph graph, Workload workload) {
    aboveStart = new int[graph.size() + 1];
    for (Workload.Request request : workload.requests()) {
      PlannedRequest planned = new PlannedRequest(graph, request);
      requests.add(planned);
      for (int vertex : planned.vertices()) {
        aboveStart[vertex + 1]++;
      }
    }
    Arrays.parallelPrefix(aboveStart, Integer::sum);
    above = new int[aboveStart[graph.size()]];
    int[] end = aboveStart.clone();
    for (int at = 0; at < requests.size(); at++) {
      for (int vertex : requests.get(at).vertices()) {
        above[end[vertex]++] = at;
      }
    }
    costs = new double[requests.size()];
    Arrays.setAll(costs, at -> requests.get(at).cost());
  }

  List<PlannedRequest> requests() {
    return requests;
  }

  /** Vertices that some request may need. */
  int[] vertices() {
    BitSet some = new BitSet();
    requests.forEach(request -> Arrays.stream(request.vertices()).forEach(some::set));
    return some.stream().toArray();
  }

  /** Always summed in the same order, so that equal sets have equal costs. */
  double total() {
    return Arrays.stream(costs).sum();
  }

  boolean keeps(int vertex) {
    return kept.get(vertex);
  }

  /** What would be saved by keeping these as well; what is kept does not change. */
  double saving(int... vertices) {
    int[] fresh = Arrays.stream(vertices).filter(vertex -> !kept.get(vertex)).toArray();
    double saved = 0;
    set(fresh, true);
    for (int request : requestsAbove(fresh).stream().toArray()) {
      saved += costs[request] - requests.get(request).cost();
    }
    set(fresh, false);
    return saved;
  }

  void keep(int... vertices) {
    int[] fresh = Arrays.stream(vertices).filter(vertex -> !kept.get(vertex)).toArray();
    set(fresh, true);
    replan(fresh);
  }

  void drop(int... vertices) {
    int[] gone = Arrays.stream(vertices).filter(kept::get).toArray();
    set(gone, false);
    replan(gone);
  }

  private void replan(int[] changed) {
    requestsAbove(changed).stream().forEach(at -> costs[at] = requests.get(at).cost());
  }

  private void set(int[] vertices, boolean isKept) {
    for (int vertex : vertices) {
      kept.set(vertex, isKept);
      for (int at = aboveStart[vertex]; at < aboveStart[vertex + 1]; at++) {
        PlannedRequest request = requests.get(above[at]);
        if (isKept) {
          request.offer(vertex);
        } else {
          request.withdraw(vertex);
        }
      }
    }
  }

  private BitSet requestsAbove(int[] vertices) {
    BitSet result = new BitSet();
    for (int vertex : vertices) {
      for (int at = aboveStart[vertex]; at < aboveStart[vertex + 1]; at++) {
        result.set(above[at]);
      }
    }
    return result;
  }
}
