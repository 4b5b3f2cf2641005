package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.worth.Asking;
import dev.reprise.store.StoreConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked up once looking up was in vain for long, by what was asked and found. */
class AskedValuesTest {
  @TempDir private Path folder;

  /** Statistics of one way; equal results in all others. */
  private static RunStatistics reusing(ReuseMode mode, String script) {
    NumberRun run = NumberRun.of(NumberRun.config(mode, 1), script);
    assertThat(run.result()).isEqualTo(NumberRun.inAllWays(script));
    return run.statistics();
  }

  @Test
  void aLoopWhoseValuesNeverComeAgainAsksForFewOfThem() {
    RunStatistics statistics =
        reusing(
            ReuseMode.FULL,
            """
            X = matrix(seq(1, 8000), 80, 100)
            r = 0
            for (i in 1:3000) {
              A = X + i
              r = r + as.scalar(A[1, 1])
            }
            """);
    assertThat(statistics.of("+").misses()).isBetween(256L + 100, 256L + 300);
  }

  @Test
  void anExperimentStoreIsNoReasonToAskForWhatItIsNeverAskedFor() {
    String script =
        """
        f = function(Matrix[Double] X, Integer i) return (Double s) {
          s = sum(X + i)
        }
        X = matrix(seq(1, 8000), 80, 100)
        r = 0
        for (i in 1:3000) {
          r = r + f(X, i)
          A = X - i
          r = r + as.scalar(A[1, 1])
        }
        """;
    SessionConfig config = NumberRun.config(ReuseMode.HYBRID, 1);
    NumberRun alone = NumberRun.of(config, script);
    StoreConfig store = StoreConfig.of(folder.resolve("store"));
    for (String round : new String[] {"# cold", "# warm"}) {
      NumberRun stored = NumberRun.of(config.withStore(store), script + round);
      assertThat(stored.result()).isEqualTo(alone.result());
    }
    // The loop as a whole was found the second time, and each of its parts is no cheaper to find.
    StoreConfig fresh = StoreConfig.of(folder.resolve("fresh"));
    NumberRun cold = NumberRun.of(config.withStore(fresh), script);
    assertThat(cold.statistics().of("-").misses()).isEqualTo(alone.statistics().of("-").misses());
    assertThat(cold.statistics().functions().misses())
        .isEqualTo(alone.statistics().functions().misses())
        .isLessThan(64 + 300);
  }

  @Test
  void aProgramThatBeginsToRepeatItselfIsNoticed() {
    RunStatistics statistics =
        reusing(
            ReuseMode.FULL,
            """
            X = matrix(seq(1, 8000), 80, 100)
            r = 0
            for (k in 1:4) {
              for (i in 1:1000) {
                s = colSums(X * i)
                r = r + k * as.scalar(s[1, 1])
              }
            }
            """);
    // The first pass leaves those before it lost patience and a sample, the second the others.
    assertThat(statistics.of("colSums").hits()).isGreaterThan(2000);
  }

  @Test
  void whatFollowsALoopIsNotSampledBecauseItsLastIterationWas() {
    long last = 40;
    while (!Asking.isSampledIteration(last)) {
      last++;
    }
    String script =
        """
        X = matrix(seq(1, 8000), 80, 100)
        r = 0
        for (e in 1:600) {
          i = 0
          while (i < LAST) {
            i = i + 1
          }
          A = X + e
          r = r + as.scalar(A[1, 1]) + i
        }
        """;
    RunStatistics statistics = reusing(ReuseMode.FULL, script.replace("LAST", "" + last));
    assertThat(statistics.loops().recorded()).isGreaterThan(1_000);
    assertThat(statistics.of("+").misses()).isBetween(256L, 256L + 50);
  }

  /** Products above the cost gate, over matrices that are too small for fused loops. */
  private static final String TRAINING =
      """
      X = matrix(seq(1, 8000), 100, 80) %% 7 / 8
      r = 0
      for (k in 1:PASSES) {
        w = matrix(0, 80, 1)
        for (i in 1:3000) {
          g = t(X) %*% (X %*% w - 1)
          w = w - 0.0001 * g
        }
        r = r + k * sum(w)
      }
      """;

  @Test
  void aLoopThatAsksInVainIsRecordedAllTheSame() {
    RunStatistics statistics = reusing(ReuseMode.FULL, TRAINING.replace("PASSES", "1"));
    assertThat(statistics.of("matmul").executed()).isBetween(5_900L, 6_010L);
    // What the loop carries on is asked for in one of 256 iterations.
    assertThat(statistics.of("matmul").misses()).isBetween(2 * 32L, 2 * 32L + 2 * 20);
    assertThat(statistics.loops().recorded()).isGreaterThan(2_900);
  }

  @Test
  void aRecordedLoopThatComesAgainIsNoticed() {
    RunStatistics statistics = reusing(ReuseMode.FULL, TRAINING.replace("PASSES", "4"));
    assertThat(statistics.of("matmul").hits()).isGreaterThan(8_000);
  }

  @Test
  void callsThatNeverComeAgainAreRememberedAsASampleAndFoundOnceTheyDo() {
    String script =
        """
        f = function(Matrix[Double] X, Integer i) return (Double s) {
          s = sum((X + i) %*% t(X))
        }
        X = matrix(seq(1, 8000), 80, 100) / 1000
        r = 0
        for (k in 1:PASSES)
          for (i in 1:600)
            r = r + k * f(X, i)
        """;
    RunStatistics once = reusing(ReuseMode.HYBRID, script.replace("PASSES", "1"));
    assertThat(once.functions().misses()).isBetween(64L, 64L + 100);
    RunStatistics often = reusing(ReuseMode.HYBRID, script.replace("PASSES", "4"));
    assertThat(often.functions().hits() + often.blocks().hits()).isGreaterThan(600);
  }
}
