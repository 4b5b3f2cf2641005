package dev.reprise.bench.eviction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What a cache saves that knows all probes in advance.
 *
 * <p>With values of different sizes the exact optimum is NP-hard, so there are two numbers: {@code
 * boundNanos}, which nothing can pass, and {@code savedNanos} of a plan that a cache could follow,
 * the best of some greedy ones: four orders, and random variations of the best. The optimum lies
 * between them.
 *
 * @param savedNanos of the plan
 * @param boundNanos of the best fractional plan
 */
record Clairvoyant(long savedNanos, long boundNanos) {
  /** How far greedy plans may walk through the trace, all together: less than a second. */
  private static final long VARIATION_STEPS = 200_000_000;

  private static final long VARIATIONS = 300;

  /** Plans for a trace under a budget. */
  static Clairvoyant of(ProbeTrace trace, long budgetBytes) {
    List<Interval> intervals = Interval.of(trace, budgetBytes);
    CacheFlow flow = new CacheFlow(intervals, budgetBytes);
    List<List<Interval>> orders = new ArrayList<>();
    orders.add(flow.byShare().stream().map(intervals::get).toList());
    orders.add(sorted(intervals, Comparator.comparingDouble(Interval::density)));
    orders.add(sorted(intervals, Comparator.comparingDouble(Interval::gainPerByte)));
    orders.add(sorted(intervals, Comparator.comparingLong(Interval::gainNanos)));
    int probes = trace.probes().length;
    long best = 0;
    for (List<Interval> order : orders) {
      best = Math.max(best, greedy(order, probes, budgetBytes));
    }
    SplittableRandom random = new SplittableRandom(1);
    long affordable = VARIATION_STEPS / (1 + steps(intervals));
    for (long i = Math.min(VARIATIONS, affordable); i > 0; i--) {
      best = Math.max(best, greedy(varied(flow, intervals, random), probes, budgetBytes));
    }
    return new Clairvoyant(best, Math.max(best, Math.round(flow.gainNanos())));
  }

  private static long steps(List<Interval> intervals) {
    return intervals.stream().mapToLong(i -> i.to() - i.from()).sum();
  }

  /** By density times what the flow keeps, more or less trusted, with noise. */
  private static List<Interval> varied(
      CacheFlow flow, List<Interval> intervals, SplittableRandom random) {
    double trust = Math.pow(10, random.nextDouble(-1, 3));
    double noise = random.nextDouble();
    double[] worth = new double[intervals.size()];
    for (int i = 0; i < worth.length; i++) {
      double chance = Math.exp(noise * random.nextDouble(-1, 1));
      worth[i] = intervals.get(i).density() * (1 + trust * flow.share(i)) * chance;
    }
    return IntStream.range(0, worth.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> worth[i]).reversed())
        .map(intervals::get)
        .toList();
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
