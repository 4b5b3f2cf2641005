package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.Key;
import org.junit.jupiter.api.Test;

/** The policy that learns which sizes are asked for again. */
class BenefitTest {
  private static LineageCache cache(Policy policy, long budget) {
    return new LineageCache(new CacheConfig(policy, budget), CacheEvents.NONE);
  }

  /** Returns true when the value was there. */
  private static boolean use(LineageCache cache, long key, long bytes, long cost) {
    switch (cache.probe(new Key(1, key), TestWaiter::new)) {
      case Hit hit -> {
        hit.value().release();
        return true;
      }
      case Claim claim -> {
        CountedValue value = new CountedValue(bytes);
        claim.complete(value, cost, true);
        value.release();
        return false;
      }
      case InFlight inFlight -> throw new AssertionError("one thread only");
    }
  }

  /**
   * A loop makes values of one size that it never looks at again, each a little dearer than the
   * shared ones, which come back every tenth iteration.
   */
  private static int hitsOfALoop(Policy policy) {
    int hits = 0;
    try (LineageCache cache = cache(policy, 100_000)) {
      for (int i = 0; i < 400; i++) {
        use(cache, 1_000 + i, 9_000, 1_000_000);
        for (int shared = 0; shared < 6; shared++) {
          if (i % 10 == shared) {
            hits += use(cache, shared, 10_000, 900_000) ? 1 : 0;
          }
        }
      }
    }
    return hits;
  }

  @Test
  void whatALoopNeverLooksAtAgainGoesFirst() {
    assertThat(hitsOfALoop(Policy.BENEFIT)).isGreaterThanOrEqualTo(220);
    assertThat(hitsOfALoop(Policy.BENEFIT)).isGreaterThan(hitsOfALoop(Policy.COSTNSIZE));
  }

  @Test
  void aValueIsWorthMoreTheMoreOftenItIsUsed() {
    try (LineageCache cache = cache(Policy.BENEFIT, 30_000)) {
      use(cache, 1, 10_000, 100);
      use(cache, 2, 10_000, 100);
      use(cache, 1, 10_000, 100);
      use(cache, 3, 10_000, 100);
      use(cache, 4, 10_000, 100);
      assertThat(use(cache, 1, 10_000, 100)).isTrue();
      assertThat(use(cache, 2, 10_000, 100)).isFalse();
    }
  }

  /** Ten values that are asked for in twenty rounds, then ten cheaper ones likewise. */
  private static int hitsOfASecondPhase(Policy policy) {
    int hits = 0;
    try (LineageCache cache = cache(policy, 100_000)) {
      for (int i = 0; i < 200; i++) {
        use(cache, i % 10, 10_000, 1_000_000);
      }
      for (int i = 0; i < 200; i++) {
        hits += use(cache, 10 + i % 10, 10_000, 500_000) ? 1 : 0;
      }
    }
    return hits;
  }

  @Test
  void whatAProgramHasFinishedWithMakesRoom() {
    assertThat(hitsOfASecondPhase(Policy.BENEFIT)).isGreaterThanOrEqualTo(150);
    assertThat(hitsOfASecondPhase(Policy.COSTNSIZE)).isZero();
  }

  /** A value that comes back after ever so many others, each of which comes once. */
  @Test
  void whatComesBackSeldomButRegularlyIsNotOverdue() {
    int hits = 0;
    try (LineageCache cache = cache(Policy.BENEFIT, 100_000)) {
      for (int round = 0; round < 20; round++) {
        hits += use(cache, 0, 20_000, 1_000_000) ? 1 : 0;
        for (int i = 0; i < 50; i++) {
          use(cache, 1 + 50 * round + i, 10_000 + i, 450_000);
        }
      }
    }
    assertThat(hits).isGreaterThanOrEqualTo(17);
  }
}
