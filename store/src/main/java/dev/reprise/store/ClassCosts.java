package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.store.materialise.ArtifactGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Costs of all values by classes of devices, as an {@link ArtifactGraph} takes them. Each class is
 * expected to compute as large a share of what is to come as it has computed of what was measured.
 */
final class ClassCosts {
  private final Map<Key, List<DeviceCost>> measured;
  private final Map<String, Integer> numbers = new TreeMap<>();
  private final double[] shares;

  /**
   * @param measured by value
   */
  ClassCosts(Map<Key, List<DeviceCost>> measured) {
    this.measured = measured;
    Map<String, Long> counts = new TreeMap<>();
    for (List<DeviceCost> costs : measured.values()) {
      costs.forEach(cost -> counts.merge(cost.device(), cost.count(), Long::sum));
    }
    shares = new double[Math.max(1, counts.size())];
    shares[0] = 1;
    counts.forEach((device, count) -> {
      shares[numbers.size()] = count;
      numbers.put(device, numbers.size());
    });
  }

  /** Of the classes in the order of {@link #nanos}. */
  double[] shares() {
    return shares.clone();
  }

  /**
   * What computing a value takes on each class.
   *
   * @param otherwise nanoseconds where it was measured on none
   * @param artifactNanos what an artifact of it took, 0 without one
   */
  long[] nanos(Key vertex, long otherwise, long artifactNanos) {
    long[] nanos = new long[shares.length];
    List<DeviceCost> costs = measured.getOrDefault(vertex, List.of());
    if (costs.isEmpty() || ArtifactCost.isOfCall(artifactNanos, costs)) {
      Arrays.fill(nanos, Math.max(otherwise, artifactNanos));
      return nanos;
    }
    Arrays.fill(nanos, ArtifactGraph.UNMEASURED);
    costs.forEach(cost -> nanos[numbers.get(cost.device())] = cost.nanos());
    return nanos;
  }
}
