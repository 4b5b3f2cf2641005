package dev.reprise.bench.eviction;

import dev.reprise.lineage.Key;
import java.util.List;

/**
 * What a program asked the cache for, in order.
 *
 * @param values the distinct values
 * @param probes positions in {@code values}, one per probe
 */
record ProbeTrace(List<Recorded> values, int[] probes) {

  /** A value as the program computed it first. */
  record Recorded(Key key, long costNanos, long bytes, long height) {}

  ProbeTrace {
    values = List.copyOf(values);
    probes = probes.clone();
  }

  /** Bytes of all values together: what a cache that never evicts holds in the end. */
  long footprintBytes() {
    return values.stream().mapToLong(Recorded::bytes).sum();
  }

  /** What a cache that never evicts saves. */
  long repeatedNanos() {
    boolean[] seen = new boolean[values.size()];
    long nanos = 0;
    for (int value : probes) {
      nanos += seen[value] ? values.get(value).costNanos() : 0;
      seen[value] = true;
    }
    return nanos;
  }
}
