package dev.reprise.bench.eviction;

import dev.reprise.bench.eviction.ProbeTrace.Recorded;
import dev.reprise.lineage.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Traces made by hand, and small ones at random. */
final class ProbeTraces {
  private ProbeTraces() {}

  /** A letter per value; {@code facts} gives "A 10 100" as letter, cost in nanoseconds, bytes. */
  static ProbeTrace of(String probes, String... facts) {
    Map<Character, Integer> positions = new LinkedHashMap<>();
    List<Recorded> values = new ArrayList<>();
    for (String fact : facts) {
      String[] words = fact.split(" ");
      positions.put(words[0].charAt(0), values.size());
      values.add(
          new Recorded(
              new Key(1, words[0].charAt(0)),
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              1));
    }
    return new ProbeTrace(values, probes.chars().map(c -> positions.get((char) c)).toArray());
  }

  static ProbeTrace random(SplittableRandom random, int values, int probes) {
    List<Recorded> facts = new ArrayList<>();
    for (int i = 0; i < values; i++) {
      facts.add(
          new Recorded(
              new Key(1, i + 1), random.nextInt(1, 100), 64L * random.nextInt(1, 6), i + 1));
    }
    return new ProbeTrace(facts, random.ints(probes, 0, values).toArray());
  }
}
