package dev.reprise.store.materialise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What programs to come are expected to ask for. */
public record Workload(List<Request> requests) {
  /** Copies the list. */
  public Workload {
    requests = List.copyOf(requests);
  }

  /**
   * One program: values that it wants together, so that what they share is computed once.
   *
   * @param weight how often it is expected
   */
  public record Request(double weight, List<Integer> wanted) {
    /** Checks the weight and copies the list. */
    public Request {
      if (!(weight >= 0 && weight <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("a weight must be 0 or more, found " + weight);
      }
      wanted = List.copyOf(wanted);
    }
  }

  /** Every vertex by itself, as often as runs had it: what EG's utilities assume. */
  public static Workload ofFrequencies(ArtifactGraph graph) {
    List<Request> requests = new ArrayList<>();
    for (int vertex = 0; vertex < graph.size(); vertex++) {
      if (graph.frequency(vertex) > 0) {
        requests.add(new Request(graph.frequency(vertex), List.of(vertex)));
      }
    }
    return new Workload(requests);
  }

  /**
   * As {@link #ofFrequencies}, of the vertices alone that cost most together with how often runs
   * had them: judging sets by all requests of a large graph takes too long.
   *
   * @param most how many requests
   */
  public static Workload ofDearest(ArtifactGraph graph, int most) {
    List<Request> requests = new ArrayList<>(ofFrequencies(graph).requests);
    requests.sort(
        Comparator.comparingDouble(
            request -> -request.weight * graph.recreationNanos(request.wanted.getFirst())));
    return new Workload(requests.subList(0, Math.min(most, requests.size())));
  }

  /**
   * What the workload costs, weighted, if these artifacts are kept and every program is planned.
   */
  public double costNanos(ArtifactGraph graph, Selection selection) {
    WorkloadCost cost = new WorkloadCost(graph, this);
    cost.keep(selection.kept().stream().toArray());
    return cost.total();
  }
}
