package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.CacheEvents.Eviction;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values with which one call can be skipped are ranked as one and leave together. */
class GroupEvictionTest {
  private final RecordedEvents events = new RecordedEvents();

  @Test
  void aCallIsWorthItsTimeForAllItsBytesTogether() {
    LineageCache cache = cache(Policy.COSTNSIZE, 300);
    // 5 ns per byte, although each of the values by itself would be worth 10.
    group(cache, 900, 1000, putForGroup(cache, 1, 100), putForGroup(cache, 2, 100));
    put(cache, 3, 100, 600, 1);
    put(cache, 4, 100, 700, 1);
    assertThat(evicted()).containsExactly("evicted 1", "evicted 2");
    assertThat(cache.statistics().evictionsByReason())
        .containsEntry(Eviction.CACHE_BUDGET, 1L)
        .containsEntry(Eviction.GROUP_BROKEN, 1L);
    assertThat(cache.statistics().groupsBroken()).isOne();
    assertThat(cache.statistics().groups()).isZero();
    assertThat(cache.statistics().bytes()).isEqualTo(200);
  }

  @Test
  void aCallThatIsSkippedOftenStaysAsAWhole() {
    LineageCache cache = cache(Policy.COSTNSIZE, 300);
    ValueGroup group =
        group(cache, 900, 1000, putForGroup(cache, 1, 100), putForGroup(cache, 2, 100));
    cache.found(group);
    put(cache, 3, 100, 600, 1);
    put(cache, 4, 100, 700, 1);
    assertThat(evicted()).containsExactly("evicted 3");
  }

  @Test
  void whatAnInstructionCanUseFallsBackToThatWhenItsCallIsBroken() {
    LineageCache cache = cache(Policy.COSTNSIZE, 400);
    put(cache, 1, 100, 550, 1);
    group(cache, 900, 1000, key(1), putForGroup(cache, 2, 100));
    put(cache, 3, 100, 580, 1);
    put(cache, 4, 100, 700, 1);
    // The call goes first; of its values the one that is worth less by itself.
    put(cache, 5, 100, 700, 1);
    assertThat(evicted()).containsExactly("evicted 2");
    assertThat(cache.statistics().groupsBroken()).isOne();
    // Without the call its other value is worth 5.5 and goes before 3, though found there before.
    put(cache, 6, 100, 700, 1);
    assertThat(evicted()).containsExactly("evicted 2", "evicted 1");
  }

  @Test
  void whatOnlyACallUsedBecomesAnInstructionsOnceOneAsksForIt() {
    LineageCache cache = cache(Policy.LRU, 300);
    group(cache, 900, 1000, putForGroup(cache, 1, 100), putForGroup(cache, 2, 100));
    touch(cache, 1);
    put(cache, 3, 100, 1, 1);
    put(cache, 4, 100, 1, 1);
    assertThat(evicted()).containsExactly("evicted 2");
    assertThat(cache.contains(key(1))).isTrue();
  }

  @Test
  void aValueOfTwoCallsStaysAsLongAsOneOfThemIsWorthIt() {
    LineageCache cache = cache(Policy.COSTNSIZE, 400);
    Key shared = putForGroup(cache, 1, 100);
    group(cache, 900, 100, shared, putForGroup(cache, 2, 100));
    group(cache, 901, 90_000, shared, putForGroup(cache, 3, 100));
    put(cache, 4, 100, 1000, 1);
    put(cache, 5, 100, 1000, 1);
    assertThat(evicted()).containsExactly("evicted 2");
    assertThat(cache.statistics().groups()).isOne();
    put(cache, 6, 100, 1_000_000, 1);
    put(cache, 7, 100, 1_000_000, 1);
    put(cache, 8, 100, 1_000_000, 1);
    assertThat(evicted())
        .containsExactly("evicted 2", "evicted 4", "evicted 5", "evicted 1", "evicted 3");
    assertThat(cache.statistics().groups()).isZero();
  }

  @Test
  void aValueThatTheProgramHoldsIsLetGoWithItsCallAndLivesOn() {
    LineageCache cache = cache(Policy.COSTNSIZE, 300);
    CountedValue held = new CountedValue(100);
    cache.putForGroup(key(1), held, 1000, 1);
    group(cache, 900, 1000, key(1), putForGroup(cache, 2, 100));
    put(cache, 3, 100, 900, 1);
    put(cache, 4, 100, 900, 1);
    assertThat(evicted()).containsExactly("evicted 2", "evicted 1");
    assertThat(held.references()).isOne();
    assertThat(cache.statistics().bytes()).isEqualTo(200);
  }

  @Test
  void aCallThatNobodyCanAskForAnyMoreIsWorthNothing() {
    LineageCache cache = cache(Policy.COSTNSIZE, 300);
    put(cache, 1, 100, 50, 1);
    put(cache, 2, 100, 60, 1);
    ValueGroup group = group(cache, 900, 100_000, putForGroup(cache, 3, 100));
    put(cache, 4, 100, 70, 1);
    assertThat(evicted()).containsExactly("evicted 1");
    cache.dissolve(group);
    put(cache, 5, 100, 80, 1);
    assertThat(evicted()).containsExactly("evicted 1", "evicted 3");
  }

  @Test
  void aCallThatIsPublishedAgainKeepsItsCountsAndItsValues() {
    LineageCache cache = cache(Policy.COSTNSIZE, 300);
    Key value = putForGroup(cache, 1, 100);
    ValueGroup first = group(cache, 900, 300, value);
    cache.found(first);
    ValueGroup second = cache.group(key(900), List.of(value), 200, first);
    cache.dissolve(first);
    assertThat(second.hits()).isOne();
    assertThat(second.misses()).isEqualTo(2);
    assertThat(second.costNanos()).isEqualTo(300);
    // 3 uses * 300 / 100 = 9 per byte.
    put(cache, 2, 100, 800, 1);
    put(cache, 3, 100, 1000, 1);
    put(cache, 4, 100, 1000, 1);
    assertThat(evicted()).containsExactly("evicted 2");
    assertThat(cache.statistics().groups()).isOne();
  }

  @Test
  void aCallWithAValueThatWasNotKeptIsRankedByNobody() {
    LineageCache cache = cache(Policy.COSTNSIZE, 100);
    ValueGroup group = group(cache, 900, 1_000_000, key(1), putForGroup(cache, 2, 50));
    assertThat(group.bytes()).isZero();
    assertThat(cache.statistics().groups()).isZero();
    put(cache, 3, 100, 90_000, 1);
    assertThat(evicted()).containsExactly("evicted 2");
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void everyPolicyDropsWhatIsOfNoUseWithoutAnother(Policy policy) {
    for (long seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      LineageCache cache = new LineageCache(new CacheConfig(policy, 2_000), CacheEvents.NONE);
      List<ValueGroup> groups = new ArrayList<>();
      for (int step = 0; step < 250; step++) {
        step(cache, random, groups, step);
        for (ValueGroup group : groups) {
          boolean all = Stream.of(group.members).allMatch(m -> cache.contains(m.key()));
          boolean none = Stream.of(group.members).noneMatch(m -> cache.contains(m.key()));
          assertThat(all || none).as("%s, seed %d, step %d", policy, seed, step).isTrue();
        }
      }
      assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(2_000);
      cache.close();
      assertThat(cache.statistics().bytes()).isZero();
    }
  }

  private static void step(LineageCache cache, Random random, List<ValueGroup> groups, int step) {
    int first = 10 * step;
    switch (random.nextInt(4)) {
      case 0 -> put(cache, first, 1 + random.nextInt(300), 1 + random.nextInt(1000), 1);
      case 1 -> {
        if (!groups.isEmpty()) {
          cache.found(groups.get(random.nextInt(groups.size())));
        }
      }
      default -> {
        Key[] values = new Key[1 + random.nextInt(4)];
        for (int i = 0; i < values.length; i++) {
          values[i] = putForGroup(cache, first + i, 1 + random.nextInt(300));
        }
        groups.add(group(cache, first + 9, 1 + random.nextInt(5000), values));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void manyThreadsLoseNeitherBytesNorReferences(Policy policy) throws Exception {
    LineageCache cache = new LineageCache(new CacheConfig(policy, 5_000), CacheEvents.NONE);
    List<List<CountedValue>> made =
        Workers.run(
            4,
            worker -> {
              Random random = new Random(worker);
              List<CountedValue> values = new ArrayList<>();
              for (int step = 0; step < 3_000; step++) {
                call(cache, random, values);
              }
              return values;
            });
    assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(5_000);
    assertThat(cache.statistics().groupsBroken()).isPositive();
    cache.reclaim(1_000);
    cache.close();
    assertThat(cache.statistics().bytes()).isZero();
    assertThat(cache.statistics().groups()).isZero();
    made.forEach(values -> assertThat(values).allMatch(value -> value.references() == 0));
  }

  /** A call of 200: skipped if its two values are there, else executed and published. */
  private static void call(LineageCache cache, Random random, List<CountedValue> made) {
    int call = random.nextInt(200);
    Key[] keys = {key(10 * call), key(10 * (call / 3) + 1)};
    if (take(cache, keys)) {
      return;
    }
    for (Key key : keys) {
      CountedValue value = new CountedValue(50 + key.low() % 100);
      made.add(value);
      if (random.nextBoolean()) {
        cache.putForGroup(key, value, 100, 1);
      } else {
        cache.putIfAbsent(key, value, 100, 1);
      }
      value.release();
    }
    ValueGroup group = cache.group(key(10_000 + call), List.of(keys), 1000 * call, null);
    if (random.nextInt(3) == 0) {
      cache.dissolve(group);
    }
  }

  private static boolean take(LineageCache cache, Key... keys) {
    boolean all = true;
    for (Key key : keys) {
      Value value = cache.take(key);
      if (value == null) {
        all = false;
      } else {
        value.release();
      }
    }
    return all;
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

  private static ValueGroup group(LineageCache cache, long call, long cost, Key... values) {
    return cache.group(key(call), List.of(values), cost, null);
  }

  private static Key putForGroup(LineageCache cache, long key, long bytes) {
    CountedValue value = new CountedValue(bytes);
    cache.putForGroup(key(key), value, 1, 1);
    value.release();
    return key(key);
  }

  private static void put(LineageCache cache, long key, long bytes, long cost, long height) {
    CountedValue value = new CountedValue(bytes);
    cache.putIfAbsent(key(key), value, cost, height);
    value.release();
  }

  private static void touch(LineageCache cache, long key) {
    cache.lookup(key(key)).release();
  }
}
