package dev.reprise;

import java.util.List;
import java.util.SplittableRandom;

/** One of several, at random. */
record RandomPicks(SplittableRandom random) {
  <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @SafeVarargs
  final <T> T pick(T... of) {
    return of[random.nextInt(of.length)];
  }

  String pickText(String... of) {
    return pick(of);
  }
}
