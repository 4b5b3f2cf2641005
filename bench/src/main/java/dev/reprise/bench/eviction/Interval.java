package dev.reprise.bench.eviction;

import dev.reprise.bench.eviction.ProbeTrace.Recorded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From a probe of a value to the next probe of the same value: keeping it for that long saves it
 * once.
 *
 * @param from number of the first probe
 * @param to number of the next one
 * @param bytes what it takes between the two
 * @param gainNanos what it saves
 */
record Interval(int from, int to, long bytes, long gainNanos) {

  double gainPerByte() {
    return (double) gainNanos / bytes;
  }

  /** Gain per byte and probe that passes meanwhile. */
  double density() {
    return gainPerByte() / (to - from);
  }

  /** All intervals of a trace whose value fits into the budget, in order of their ends. */
  static List<Interval> of(ProbeTrace trace, long budgetBytes) {
    int[] last = new int[trace.values().size()];
    Arrays.fill(last, -1);
    List<Interval> intervals = new ArrayList<>();
    int[] probes = trace.probes();
    for (int i = 0; i < probes.length; i++) {
      Recorded value = trace.values().get(probes[i]);
      if (last[probes[i]] >= 0 && value.bytes() <= budgetBytes && value.costNanos() > 0) {
        intervals.add(new Interval(last[probes[i]], i, value.bytes(), value.costNanos()));
      }
      last[probes[i]] = i;
    }
    return intervals;
  }
}
