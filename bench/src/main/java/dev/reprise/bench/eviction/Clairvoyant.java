package dev.reprise.bench.eviction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a cache saves that knows all probes in advance.
 *
 * <p>With values of different sizes the exact optimum is NP-hard, so there are two numbers: {@code
 * boundNanos}, which nothing can pass, and {@code savedNanos} of a plan that a cache could follow,
 * the best of four greedy ones. The optimum lies between them.
 *
 * @param savedNanos of the plan
 * @param boundNanos of the best fractional plan
 */
record Clairvoyant(long savedNanos, long boundNanos) {

  /** Plans for a trace under a budget. */
  static Clairvoyant of(ProbeTrace trace, long budgetBytes) {
    List<Interval> intervals = Interval.of(trace, budgetBytes);
    CacheFlow flow = new CacheFlow(intervals, budgetBytes);
    List<List<Interval>> orders = new ArrayList<>();
    orders.add(flow.byShare().stream().map(intervals::get).toList());
    orders.add(sorted(intervals, Comparator.comparingDouble(Interval::density)));
    orders.add(sorted(intervals, Comparator.comparingDouble(Interval::gainPerByte)));
    orders.add(sorted(intervals, Comparator.comparingLong(Interval::gainNanos)));
    long best = 0;
    for (List<Interval> order : orders) {
      best = Math.max(best, greedy(order, trace.probes().length, budgetBytes));
    }
    return new Clairvoyant(best, Math.max(best, Math.round(flow.gainNanos())));
  }

  private static List<Interval> sorted(List<Interval> intervals, Comparator<Interval> worth) {
    return intervals.stream().sorted(worth.reversed()).toList();
  }

  /** Keeps the intervals that still fit, in the order given; what that saves. */
  private static long greedy(List<Interval> order, int probes, long budgetBytes) {
    long[] used = new long[probes];
    long saved = 0;
    for (Interval interval : order) {
      long most = 0;
      for (int t = interval.from(); t < interval.to(); t++) {
        most = Math.max(most, used[t]);
      }
      if (most + interval.bytes() <= budgetBytes) {
        for (int t = interval.from(); t < interval.to(); t++) {
          used[t] += interval.bytes();
        }
        saved += interval.gainNanos();
      }
    }
    return saved;
  }
}
