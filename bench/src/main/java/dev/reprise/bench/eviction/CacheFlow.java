package dev.reprise.bench.eviction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The best a cache could do if it might keep fractions of values: a bound that no policy passes.
 *
 * <p>Bytes of the cache flow through time (Berger, Beckmann and Harchol-Balter, "Practical bounds
 * on optimal caching with variable object sizes", 2018):
 *
 * <pre>
 *   probe 0 --free, budget--> probe 1 --free, budget--> probe 2 --free, budget--> ...
 *        \________ value's bytes, gain per byte ________/
 * </pre>
 *
 * <p>The flow of largest gain is found by successive shortest paths. All arcs lead forward in time,
 * so the first potentials come from one pass. Cost: one Dijkstra per arc that fills.
 */
final class CacheFlow {
  /** Gains per byte below this are rounding of the potentials. */
  private static final double NOTHING = 1e-12;

  private final List<Interval> intervals;
  private final int nodes;

  // Arc a and its reverse a ^ 1; next links arcs that leave the same node.
  private final int[] target;
  private final int[] next;
  private final int[] first;
  private final long[] room;
  private final double[] cost;
  private final double[] potential;
  private int arcs;

  /** The flow of largest gain for intervals that all fit into the budget. */
  CacheFlow(List<Interval> intervals, long budgetBytes) {
    this.intervals = intervals;
    int[] times =
        intervals.stream()
            .flatMapToInt(i -> java.util.stream.IntStream.of(i.from(), i.to()))
            .distinct()
            .sorted()
            .toArray();
    nodes = times.length;
    int most = 2 * (intervals.size() + Math.max(nodes, 1));
    target = new int[most];
    next = new int[most];
    room = new long[most];
    cost = new double[most];
    first = new int[nodes];
    potential = new double[nodes];
    Arrays.fill(first, -1);
    for (Interval i : intervals) {
      arc(at(times, i.from()), at(times, i.to()), i.bytes(), -i.gainPerByte());
    }
    for (int t = 0; t + 1 < nodes; t++) {
      arc(t, t + 1, budgetBytes, 0);
    }
    if (nodes > 1) {
      potentialsOfEmptyFlow();
      fill(budgetBytes);
    }
  }

  private static int at(int[] times, int time) {
    return Arrays.binarySearch(times, time);
  }

  private void arc(int from, int to, long bytes, double costPerByte) {
    for (int side = 0; side < 2; side++) {
      target[arcs] = side == 0 ? to : from;
      room[arcs] = side == 0 ? bytes : 0;
      cost[arcs] = side == 0 ? costPerByte : -costPerByte;
      int source = side == 0 ? from : to;
      next[arcs] = first[source];
      first[source] = arcs++;
    }
  }

  private void potentialsOfEmptyFlow() {
    Arrays.fill(potential, Double.POSITIVE_INFINITY);
    potential[0] = 0;
    for (int node = 0; node < nodes; node++) {
      for (int arc = first[node]; arc >= 0; arc = next[arc]) {
        if (room[arc] > 0) {
          potential[target[arc]] = Math.min(potential[target[arc]], potential[node] + cost[arc]);
        }
      }
    }
  }

  private void fill(long budgetBytes) {
    double[] distance = new double[nodes];
    int[] entered = new int[nodes];
    for (long left = budgetBytes; left > 0; ) {
      shortestPaths(distance, entered);
      int sink = nodes - 1;
      if (entered[sink] < 0) {
        return;
      }
      for (int node = 0; node < nodes; node++) {
        potential[node] += Math.min(distance[node], distance[sink]);
      }
      if (potential[sink] - potential[0] > -NOTHING) {
        return;
      }
      long bytes = left;
      for (int node = sink; node != 0; node = target[entered[node] ^ 1]) {
        bytes = Math.min(bytes, room[entered[node]]);
      }
      for (int node = sink; node != 0; node = target[entered[node] ^ 1]) {
        room[entered[node]] -= bytes;
        room[entered[node] ^ 1] += bytes;
      }
      left -= bytes;
    }
  }

  private record Reached(int node, double distance) {}

  private void shortestPaths(double[] distance, int[] entered) {
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    Arrays.fill(entered, -1);
    distance[0] = 0;
    PriorityQueue<Reached> queue =
        new PriorityQueue<>((a, b) -> Double.compare(a.distance, b.distance));
    queue.add(new Reached(0, 0));
    while (!queue.isEmpty()) {
      Reached reached = queue.poll();
      int node = reached.node;
      if (reached.distance > distance[node]) {
        continue;
      }
      if (node == nodes - 1) {
        return;
      }
      for (int arc = first[node]; arc >= 0; arc = next[arc]) {
        if (room[arc] > 0) {
          double step = Math.max(0, cost[arc] + potential[node] - potential[target[arc]]);
          if (distance[node] + step < distance[target[arc]]) {
            distance[target[arc]] = distance[node] + step;
            entered[target[arc]] = arc;
            queue.add(new Reached(target[arc], distance[target[arc]]));
          }
        }
      }
    }
  }

  /** Which share of an interval's value the flow keeps, from 0 to 1. */
  double share(int interval) {
    return (double) room[2 * interval + 1] / intervals.get(interval).bytes();
  }

  /** What the flow saves. */
  double gainNanos() {
    double gain = 0;
    for (int i = 0; i < intervals.size(); i++) {
      gain += share(i) * intervals.get(i).gainNanos();
    }
    return gain;
  }

  /** The intervals' numbers, those of which the flow keeps most first. */
  List<Integer> byShare() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < intervals.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) -> {
      int byShare = Double.compare(share(b), share(a));
      return byShare != 0
          ? byShare
          : Double.compare(intervals.get(b).density(), intervals.get(a).density());
    });
    return order;
  }
}
