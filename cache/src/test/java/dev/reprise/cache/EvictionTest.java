package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EvictionTest {
  private final RecordedEvents events = new RecordedEvents();

  @Test
  void leastRecentlyUsedGoesFirst() {
    LineageCache cache = cache(Policy.LRU, 300);
    put(cache, 1, 100, 1, 1);
    put(cache, 2, 100, 1, 1);
    put(cache, 3, 100, 1, 1);
    touch(cache, 2);
    touch(cache, 1);
    put(cache, 4, 100, 1, 1);
    put(cache, 5, 100, 1, 1);
    assertThat(evicted()).containsExactly("evicted 3", "evicted 2");
  }

  @Test
  void theDeepestTraceGoesFirst() {
    LineageCache cache = cache(Policy.DAGHEIGHT, 300);
    put(cache, 1, 100, 1, 2);
    put(cache, 2, 100, 1, 9);
    put(cache, 3, 100, 1, 5);
    touch(cache, 2);
    put(cache, 4, 100, 1, 3);
    put(cache, 5, 100, 1, 4);
    assertThat(evicted()).containsExactly("evicted 2", "evicted 3");
  }

  @Test
  void whatSavesLeastTimePerByteGoesFirst() {
    LineageCache cache = cache(Policy.COSTNSIZE, 500);
    put(cache, 1, 100, 700, 1);
    put(cache, 2, 200, 900, 1);
    put(cache, 3, 200, 500, 1);
    touch(cache, 3);
    touch(cache, 3);
    put(cache, 4, 100, 10_000, 1);
    assertThat(evicted()).containsExactly("evicted 2");
  }

  @Test
  void anEvictedKeyRemembersItsMisses() {
    LineageCache cache = cache(Policy.COSTNSIZE, 200);
    put(cache, 1, 100, 100, 1);
    put(cache, 2, 100, 150, 1);
    put(cache, 3, 100, 1000, 1);
    assertThat(evicted()).containsExactly("evicted 1");
    // Computed again it counts two misses, 200 per byte, and outranks key 2.
    put(cache, 1, 100, 100, 1);
    assertThat(evicted()).containsExactly("evicted 1", "evicted 2");
  }

  @Test
  void ghostsAreBounded() {
    LineageCache cache = new LineageCache(new CacheConfig(Policy.LRU, 100, true, 2), events);
    for (int i = 0; i < 10; i++) {
      put(cache, i, 100, 1, 1);
    }
    assertThat(cache.rememberedKeys()).isEqualTo(3);
  }

  @Test
  void aValueLargerThanTheBudgetIsNotKept() {
    LineageCache cache = cache(Policy.LRU, 100);
    put(cache, 1, 100, 1, 1);
    put(cache, 2, 101, 1, 1);
    assertThat(events.log()).contains("TOO_LARGE 2");
    assertThat(cache.statistics().entries()).isOne();
    assertThat(cache.statistics().rejected()).isOne();
  }

  @Test
  void valuesThatTheProgramHoldsAreEvictedLast() {
    LineageCache cache = cache(Policy.LRU, 300);
    List<CountedValue> held = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      CountedValue value = new CountedValue(100);
      cache.putIfAbsent(key(i), value, 1, 1);
      if (i < 3) {
        held.add(value);
      } else {
        value.release();
      }
    }
    put(cache, 4, 100, 1, 1);
    put(cache, 5, 200, 1, 1);
    assertThat(evicted()).containsExactly("evicted 3", "evicted 4", "evicted 1");
    assertThat(held).extracting(CountedValue::references).containsExactly(1, 2);
  }

  @Test
  void scalarsCostAFixedAmountAndListsTheirElements() {
    LineageCache cache = cache(Policy.LRU, 1000);
    cache.putIfAbsent(key(1), Scalar.of(1.0), 1, 1);
    assertThat(cache.statistics().bytes()).isEqualTo(64);
    ListValue pair =
        new ListValue(List.of(), List.of(new CountedValue(100), new CountedValue(200)));
    cache.putIfAbsent(key(2), pair, 1, 1);
    assertThat(cache.statistics().bytes()).isEqualTo(364);
  }

  @Test
  void underABudgetOfTwoOutputsTheThirdEvictsTheFirst() {
    long bytes = 800_000;
    try (HostMemory memory = new HostMemory(2 * bytes);
        LineageCache cache = new LineageCache(new CacheConfig(Policy.LRU, 2 * bytes), events)) {
      memory.reclaimWith(cache);
      for (int i = 0; i < 10; i++) {
        try (Claim claim = (Claim) cache.probe(key(i), TestWaiter::new)) {
          ManagedMatrix matrix = matrix(memory, 100, 1000);
          claim.complete(matrix, 1, true);
          matrix.release();
        }
        assertThat(memory.usedBytes()).isEqualTo(Math.min(i + 1, 2) * bytes);
      }
      assertThat(cache.statistics().evictions()).isEqualTo(8);
      assertThat(cache.statistics().evictionNanos()).isPositive();
      // A scalar frees no host memory, so it stays.
      cache.putIfAbsent(key(100), Scalar.of(1.0), 1, 1);
      matrix(memory, 200, 1000).release();
      assertThat(cache.statistics().entries()).isOne();
      cache.clear();
      assertThat(memory.liveBuffers()).isZero();
      assertThat(memory.usedBytes()).isZero();
    }
  }

  @Test
  void whatTheProgramHoldsCannotBeReclaimed() {
    long bytes = 800_000;
    try (HostMemory memory = new HostMemory(2 * bytes);
        LineageCache cache = new LineageCache(new CacheConfig(Policy.LRU, 2 * bytes), events)) {
      memory.reclaimWith(cache);
      ManagedMatrix a = matrix(memory, 100, 1000);
      ManagedMatrix b = matrix(memory, 100, 1000);
      cache.putIfAbsent(key(1), a, 1, 1);
      cache.putIfAbsent(key(2), b, 1, 1);
      assertThatThrownBy(() -> memory.allocate(8)).isInstanceOf(ResourceException.class);
      assertThat(cache.statistics().entries()).isEqualTo(2);
      b.pinHost();
      b.release();
      assertThatThrownBy(() -> memory.allocate(8)).isInstanceOf(ResourceException.class);
      b.unpin();
      memory.allocate(8).release();
      assertThat(evicted()).containsExactly("evicted 2");
      a.release();
      cache.clear();
      assertThat(memory.liveBuffers()).isZero();
    }
  }

  @Test
  void everyPolicyEvictsTheExactMinimumUnderRandomUse() {
    for (Policy policy : Policy.values()) {
      for (int seed = 0; seed < 20; seed++) {
        compareWithExhaustiveSearch(policy, seed);
      }
    }
  }

  /** The cache against a model that scores everything at every eviction. */
  private void compareWithExhaustiveSearch(Policy policy, int seed) {
    Random random = new Random(seed);
    long budget = 2_000;
    RecordedEvents log = new RecordedEvents();
    LineageCache cache = new LineageCache(new CacheConfig(policy, budget), log);
    Model model = new Model(policy.ranking(), budget);
    for (int step = 0; step < 500; step++) {
      int key = random.nextInt(60);
      long bytes = 64 + 20L * key;
      long cost = 1 + random.nextInt(1_000_000_000);
      switch (cache.probe(key(key), TestWaiter::new)) {
        case Hit hit -> {
          hit.value().release();
          model.hit(key);
        }
        case Claim claim -> {
          Value value = new CountedValue(bytes);
          claim.complete(value, cost, 1 + key, true);
          value.release();
          model.compute(key, bytes, cost, 1 + key);
        }
        case InFlight inFlight -> throw new AssertionError("nobody else computes");
      }
      assertThat(log.log().stream().filter(e -> e.startsWith("evicted")).toList())
          .as("%s, seed %d, step %d", policy, seed, step)
          .isEqualTo(model.evicted);
    }
    assertThat(cache.statistics().bytes()).isEqualTo(model.bytes());
  }

  private static final class Model {
    private static final class Facts implements EntryFacts {
      private final int key;
      private boolean resident;
      private boolean seen;
      private boolean usedAgain;
      private long costNanos;
      private long height;
      private long bytes;
      private long hits;
      private long misses;
      private long lastAccess;
      private long firstAccess;

      Facts(int key) {
        this.key = key;
      }

      @Override
      public Key key() {
        return new Key(0, key);
      }

      @Override
      public long costNanos() {
        return costNanos;
      }

      @Override
      public long height() {
        return height;
      }

      @Override
      public long bytes() {
        return bytes;
      }

      @Override
      public long hits() {
        return hits;
      }

      @Override
      public long misses() {
        return misses;
      }

      @Override
      public long firstAccess() {
        return firstAccess;
      }

      @Override
      public long lastAccess() {
        return lastAccess;
      }
    }

    private final VictimRanking ranking;
    private final long budget;
    private final TreeMap<Integer, Facts> entries = new TreeMap<>();
    private final List<String> evicted = new ArrayList<>();
    private long now;

    Model(VictimRanking ranking, long budget) {
      this.ranking = ranking;
      this.budget = budget;
    }

    void hit(int key) {
      Facts facts = entries.get(key);
      assertThat(facts.resident).isTrue();
      facts.hits++;
      facts.lastAccess = ranking.needsExactRecency() ? ++now : now;
    }

    void compute(int key, long bytes, long cost, long height) {
      Facts facts = entries.computeIfAbsent(key, Facts::new);
      assertThat(facts.resident).isFalse();
      facts.misses++;
      facts.bytes = bytes;
      facts.costNanos = cost;
      facts.height = height;
      facts.lastAccess = ++now;
      facts.firstAccess = facts.firstAccess == 0 ? now : facts.firstAccess;
      facts.resident = true;
      if (bytes() > budget) {
        entries.values().stream().filter(f -> f.resident).forEach(this::tell);
      }
      while (bytes() > budget) {
        Facts victim =
            entries.values().stream()
                // Its owner still holds the newest, so that one goes last.
                .filter(f -> f.resident && f != facts)
                .min(
                    Comparator.<Facts>comparingDouble(f -> ranking.score(f, now))
                        .thenComparingLong(Facts::lastAccess))
                .orElseThrow();
        victim.resident = false;
        evicted.add("evicted " + victim.key);
      }
    }

    /** The cache tells its ranking of what it holds when it looks for victims. */
    private void tell(Facts facts) {
      if (!facts.seen) {
        facts.seen = true;
        ranking.seen(facts);
      }
      if (!facts.usedAgain && facts.hits + facts.misses > 1) {
        facts.usedAgain = true;
        ranking.usedAgain(facts);
      }
    }

    long bytes() {
      return entries.values().stream().filter(f -> f.resident).mapToLong(f -> f.bytes).sum();
    }
  }

  private LineageCache cache(Policy policy, long budget) {
    return new LineageCache(new CacheConfig(policy, budget), events);
  }

  private List<String> evicted() {
    return events.log().stream().filter(e -> e.startsWith("evicted")).toList();
  }

  private static Key key(long n) {
    return new Key(0, n);
  }

  private static void put(LineageCache cache, long key, long bytes, long cost, long height) {
    CountedValue value = new CountedValue(bytes);
    cache.putIfAbsent(key(key), value, cost, height);
    value.release();
  }

  private static void touch(LineageCache cache, long key) {
    cache.lookup(key(key)).release();
  }

  private static ManagedMatrix matrix(HostMemory memory, long rows, long cols) {
    return ManagedMatrix.adopt(DenseMatrix.allocate(memory, rows, cols));
  }
}
