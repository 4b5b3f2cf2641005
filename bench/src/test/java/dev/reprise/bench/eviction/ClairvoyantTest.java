package dev.reprise.bench.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.Policy;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClairvoyantTest {

  @Test
  void roomForEverythingSavesEveryRepetition() {
    ProbeTrace trace = ProbeTraces.of("ABABCA", "A 10 100", "B 20 100", "C 30 100");
    assertThat(trace.repeatedNanos()).isEqualTo(40);
    assertThat(Clairvoyant.of(trace, 300)).isEqualTo(new Clairvoyant(40, 40));
  }

  @Test
  void roomForNothingSavesNothing() {
    ProbeTrace trace = ProbeTraces.of("ABAB", "A 10 100", "B 20 100");
    assertThat(Clairvoyant.of(trace, 99)).isEqualTo(new Clairvoyant(0, 0));
  }

  @Test
  void ofTwoValuesThatExcludeEachOtherTheMoreExpensiveIsKept() {
    ProbeTrace trace = ProbeTraces.of("ABAB", "A 10 100", "B 20 100");
    assertThat(Clairvoyant.of(trace, 100)).isEqualTo(new Clairvoyant(20, 20));
  }

  @Test
  void thePlaceOfAValueThatIsNotAskedForAgainGoesToTheNext() {
    ProbeTrace trace = ProbeTraces.of("AABBCC", "A 10 100", "B 20 100", "C 30 100");
    assertThat(Clairvoyant.of(trace, 100)).isEqualTo(new Clairvoyant(60, 60));
  }

  @Test
  void twoSmallValuesBeatALargeOneOfLessWorth() {
    ProbeTrace trace = ProbeTraces.of("LABABL", "L 15 100", "A 10 50", "B 10 50");
    assertThat(Clairvoyant.of(trace, 100).savedNanos()).isEqualTo(20);
  }

  @Test
  void theBoundKeepsPartsWhereNoWholeValueFitsBesideAnother() {
    ProbeTrace trace = ProbeTraces.of("ABAB", "A 10 60", "B 10 60");
    Clairvoyant best = Clairvoyant.of(trace, 90);
    assertThat(best.savedNanos()).isEqualTo(10);
    assertThat(best.boundNanos()).isEqualTo(15);
  }

  @Test
  void noSubsetOfIntervalsBeatsTheBoundAndThePlanIsCloseToTheBestSubset() {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ProbeTrace trace = ProbeTraces.random(random, 5, 14);
      long budget = 64L * random.nextInt(1, 12);
      long best = bestSubset(trace, budget);
      Clairvoyant found = Clairvoyant.of(trace, budget);
      assertThat(found.boundNanos()).as("bound, seed %d", seed).isGreaterThanOrEqualTo(best);
      assertThat(found.savedNanos()).as("plan, seed %d", seed).isLessThanOrEqualTo(best);
      assertThat(found.savedNanos())
          .as("plan, seed %d", seed)
          .isGreaterThanOrEqualTo(best * 9 / 10);
    }
  }

  @Test
  void noPolicyPassesTheBound() {
    for (long seed = 1; seed <= 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ProbeTrace trace = ProbeTraces.random(random, 20, 200);
      long budget = trace.footprintBytes() / random.nextInt(2, 8);
      Clairvoyant best = Clairvoyant.of(trace, budget);
      for (Policy policy : Policy.values()) {
        assertThat(Replay.savedNanos(trace, policy, budget))
            .as("%s, seed %d", policy, seed)
            .isLessThanOrEqualTo(best.boundNanos());
      }
    }
  }

  private static long bestSubset(ProbeTrace trace, long budget) {
    List<Interval> intervals = Interval.of(trace, budget);
    long best = 0;
    for (int chosen = 0; chosen < 1 << intervals.size(); chosen++) {
      long[] used = new long[trace.probes().length];
      long saved = 0;
      boolean fits = true;
      for (int i = 0; i < intervals.size() && fits; i++) {
        if ((chosen >> i & 1) == 1) {
          Interval interval = intervals.get(i);
          saved += interval.gainNanos();
          for (int t = interval.from(); t < interval.to(); t++) {
            used[t] += interval.bytes();
            fits &= used[t] <= budget;
          }
        }
      }
      best = fits ? Math.max(best, saved) : best;
    }
    return best;
  }
}
