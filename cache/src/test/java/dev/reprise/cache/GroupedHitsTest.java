package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Skips calls with several values under a budget of a tenth of what they make, once with groups and
 * once with every value worth the call's time by itself. Costs are given, so counts are exact.
 */
class GroupedHitsTest {
  private static final int CALLS = 200;
  private static final int STEPS = 10_000;

  /** A function with these arguments: what it leaves, and what it costs. */
  private record Call(Key key, List<Key> outputs, List<Long> bytes, long costNanos) {}

  @ParameterizedTest
  @EnumSource(Policy.class)
  void groupsSkipAtLeastAsManyCallsUnderATightBudget(Policy policy) {
    long with = 0;
    long without = 0;
    for (int seed = 0; seed < 5; seed++) {
      List<Call> calls = calls(new Random(seed));
      long made = calls.stream().flatMap(c -> c.bytes().stream()).mapToLong(b -> b).sum();
      long grouped = saved(policy, calls, made / 10, seed, true);
      long alone = saved(policy, calls, made / 10, seed, false);
      with += grouped;
      without += alone;
    }
    // LRU sees no sizes and touches the values of a call one after the other as it is.
    assertThat(with).isGreaterThanOrEqualTo(without);
    if (policy != Policy.LRU) {
      assertThat(with).isGreaterThan(without * 105 / 100);
    }
  }

  private static List<Call> calls(Random random) {
    List<Call> calls = new ArrayList<>();
    for (int c = 0; c < CALLS; c++) {
      List<Key> outputs = new ArrayList<>();
      List<Long> bytes = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(4); i++) {
        outputs.add(new Key(c, i + 1));
        bytes.add(64L << random.nextInt(8));
      }
      calls.add(new Call(new Key(c, 99), outputs, bytes, 1000L + random.nextInt(100_000)));
    }
    return calls;
  }

  /** Nanoseconds of calls that were skipped. */
  private static long saved(
      Policy policy, List<Call> calls, long budget, int seed, boolean grouped) {
    LineageCache cache = new LineageCache(new CacheConfig(policy, budget), CacheEvents.NONE);
    Map<Key, ValueGroup> groups = new HashMap<>();
    Random random = new Random(seed);
    long saved = 0;
    for (int step = 0; step < STEPS; step++) {
      // Some calls come far more often than others.
      Call call = calls.get((int) (CALLS * Math.pow(random.nextDouble(), 3)));
      if (isSkipped(cache, call)) {
        saved += call.costNanos();
        if (grouped) {
          cache.found(groups.get(call.key()));
        }
      } else {
        execute(cache, call, groups, grouped);
      }
    }
    cache.close();
    return saved;
  }

  private static boolean isSkipped(LineageCache cache, Call call) {
    List<Value> values = new ArrayList<>();
    for (Key output : call.outputs()) {
      Value value = cache.take(output);
      if (value == null) {
        break;
      }
      values.add(value);
    }
    values.forEach(Value::release);
    return values.size() == call.outputs().size();
  }

  private static void execute(
      LineageCache cache, Call call, Map<Key, ValueGroup> groups, boolean grouped) {
    List<CountedValue> made = new ArrayList<>();
    for (int i = 0; i < call.outputs().size(); i++) {
      CountedValue value = new CountedValue(call.bytes().get(i));
      made.add(value);
      Key key = call.outputs().get(i);
      if (grouped) {
        cache.putForGroup(key, value, call.costNanos(), call.outputs().size() - i);
      } else {
        cache.putIfAbsent(key, value, call.costNanos(), call.outputs().size() - i);
      }
    }
    if (grouped) {
      ValueGroup earlier = groups.get(call.key());
      groups.put(call.key(), cache.group(call.key(), call.outputs(), call.costNanos(), earlier));
      if (earlier != null) {
        cache.dissolve(earlier);
      }
    }
    made.forEach(Value::release);
  }
}
