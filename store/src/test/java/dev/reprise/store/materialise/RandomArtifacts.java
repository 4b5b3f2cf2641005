package dev.reprise.store.materialise;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A random graph whose artifacts share chunks, built beside a plain record of what it was told. */
final class RandomArtifacts {
  static final LoadCost LOAD = bytes -> 3 + bytes;

  final ArtifactGraph graph = new ArtifactGraph(LOAD);
  final List<int[]> inputs = new ArrayList<>();
  final List<int[]> chunks = new ArrayList<>();
  final List<Long> costs = new ArrayList<>();
  final double[] scores;
  final long[] chunkBytes;

  RandomArtifacts(SplittableRandom random, int size) {
    chunkBytes = random.longs(size, 0, 12).toArray();
    int[] shared = new int[size];
    for (int at = 0; at < size; at++) {
      shared[at] = graph.ownChunk(chunkBytes[at]);
    }
    scores = new double[size];
    for (int vertex = 0; vertex < size; vertex++) {
      add(random, shared);
      graph.count(vertex, random.nextInt(3));
    }
    for (int vertex = 0; vertex < size; vertex++) {
      if (random.nextInt(4) == 0) {
        scores[vertex] = random.nextInt(100) / 100.0;
        graph.score(vertex, scores[vertex]);
      }
    }
  }

  private void add(SplittableRandom random, int[] shared) {
    int before = graph.size();
    int[] from =
        IntStream.range(0, before == 0 ? 0 : random.nextInt(4))
            .map(k -> random.nextInt(before))
            .distinct()
            .toArray();
    int[] parts =
        IntStream.range(0, random.nextInt(4))
            .map(k -> shared[random.nextInt(shared.length)])
            .distinct()
            .toArray();
    long cost = random.nextInt(20);
    inputs.add(from);
    chunks.add(parts);
    costs.add(cost);
    graph.add(new long[] {cost}, from, parts);
  }

  long bytes(BitSet kept) {
    return kept.stream()
        .flatMap(vertex -> IntStream.of(chunks.get(vertex)))
        .distinct()
        .mapToLong(chunk -> chunkBytes[chunk])
        .sum();
  }

  BitSet ancestors(int vertex) {
    BitSet set = new BitSet();
    set.set(vertex);
    for (int v = vertex; v >= 0; v = set.previousSetBit(v - 1)) {
      IntStream.of(inputs.get(v)).forEach(set::set);
    }
    return set;
  }

  long recreation(int vertex) {
    return ancestors(vertex).stream().mapToLong(costs::get).sum();
  }

  Workload workload(SplittableRandom random) {
    List<Workload.Request> requests = new ArrayList<>();
    for (int at = 0; at < 4; at++) {
      List<Integer> wanted =
          random.ints(random.nextInt(1, 4), 0, graph.size()).boxed().distinct().toList();
      requests.add(new Workload.Request(random.nextInt(1, 5), wanted));
    }
    return new Workload(requests);
  }
}
