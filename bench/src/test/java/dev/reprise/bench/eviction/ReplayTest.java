package dev.reprise.bench.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.Policy;
import org.junit.jupiter.api.Test;

class ReplayTest {

  @Test
  void withRoomForEverythingEveryPolicySavesEveryRepetition() {
    ProbeTrace trace = ProbeTraces.of("ABCABCA", "A 10 100", "B 20 200", "C 30 300");
    for (Policy policy : Policy.values()) {
      assertThat(Replay.savedNanos(trace, policy, 600)).as(policy.label()).isEqualTo(70);
    }
  }

  @Test
  void theLeastRecentlyUsedGoesFirstUnderLru() {
    // A is older than B when C comes, so only B is found again.
    ProbeTrace trace = ProbeTraces.of("ABCBA", "A 10 100", "B 20 100", "C 30 100");
    assertThat(Replay.savedNanos(trace, Policy.LRU, 200)).isEqualTo(20);
  }

  @Test
  void theCheapestPerByteGoesFirstUnderCostAndSize() {
    // C saves least per byte, so A and B stay.
    ProbeTrace trace = ProbeTraces.of("ABCBA", "A 10 100", "B 20 100", "C 1 100");
    assertThat(Replay.savedNanos(trace, Policy.COSTNSIZE, 200)).isEqualTo(30);
  }
}
