package dev.reprise.engine.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.NumberRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Values that a loop carries on are not asked for; all that comes again is found as before, by what
 * was asked and found.
 */
class CarriedValuesTest {
  private static final String DATA = "X = matrix(seq(1, 8000), 100, 80) %% 7 / 8\nr = 0\n";

  /** An iteration of training, of two products above the gate. */
  private static final String STEP = "w = w - 0.0001 * (t(X) %*% (X %*% w - 1))\n";

  /** Statistics of one way; equal results in all others, also with every item kept. */
  private static RunStatistics reusing(ReuseMode mode, String script) {
    SessionConfig config = NumberRun.config(mode, 1);
    NumberRun run = NumberRun.of(config, DATA + script);
    assertThat(run.result()).isEqualTo(NumberRun.inAllWays(DATA + script));
    assertThat(NumberRun.of(config.withDedup(false), DATA + script).result())
        .isEqualTo(run.result());
    return run.statistics();
  }

  @Test
  void whatEachEpochPreparesIsFoundInAllButTheFirst() {
    RunStatistics statistics =
        reusing(
            ReuseMode.FULL,
            """
            w = matrix(0, 80, 1)
            for (epoch in 1:5) {
              for (i in 1:200) {
                mean = colSums(X * i) / 100
                w = w - 0.0001 * (t(X) %*% (X %*% w - i) + t(mean))
              }
            }
            r = sum(w)
            """);
    assertThat(statistics.of("colSums").hits()).isEqualTo(4 * 200L);
    assertThat(statistics.of("matmul").misses()).isLessThan(2 * (32L + 100));
  }

  /**
   * A sum that costs more than a hundred times as much as asking for it, and an eighth of its
   * bytes.
   */
  private static final String WEIGHTS =
      """
      W = matrix(seq(1, 110000), 275, 400) %% 7
      for (i in 1:150) {
        W = W + V
      }
      r = sum(W)
      """;

  @Test
  void whatIsNotKeptBecauseOfItsBytesIsNotAskedForEither() {
    String script = "V = matrix(1, 275, 400)\n" + WEIGHTS;
    RunStatistics statistics = reusing(ReuseMode.FULL, script);
    assertThat(statistics.of("+").executed()).isEqualTo(150);
    // Until that was in vain 32 times, and in one of the iterations that are asked for all.
    assertThat(statistics.of("+").misses()).isLessThan(32L + 3);
  }

  @Test
  void itIsAskedForAgainWhereTheLoopIsMetAgain() {
    String script = "V = matrix(1, 275, 400)\nfor (k in 1:6) {\n" + WEIGHTS + "}\n";
    RunStatistics statistics = reusing(ReuseMode.FULL, script);
    // Each pass asks for the more the more came again in the last, and keeps what that pays for.
    assertThat(statistics.of("+").hits()).isGreaterThan(80);
  }

  @Test
  void frozenLayersAreFoundInAllEpochsButTheFirst() {
    RunStatistics statistics =
        reusing(
            ReuseMode.FULL,
            """
            frozen = matrix(seq(1, 6400), 80, 80) %% 5 / 100
            w = matrix(0, 80, 1)
            for (epoch in 1:4) {
              for (i in 1:5) {
                B = X[((i - 1) * 20 + 1):(i * 20), ]
                H = tanh(B %*% frozen)
                w = w - 0.001 * (t(H) %*% (H %*% w - 1))
              }
            }
            r = sum(w)
            """);
    assertThat(statistics.of("tanh").hits()).isEqualTo(3 * 5L);
  }

  @Test
  void scoresOfOneModelAreFoundAgain() {
    RunStatistics statistics =
        reusing(
            ReuseMode.FULL,
            """
            w = matrix(0, 80, 1)
            for (epoch in 1:3) {
              for (i in 1:100) {
                STEP
              }
              for (k in 1:50) {
                r = r + k * sum(exp(X * sum(w)))
              }
            }
            """
                .replace("STEP", STEP));
    // The sum is what is found where it is one loop with its operands.
    long found = statistics.of("exp").hits() + statistics.of("sum").hits();
    assertThat(found).isEqualTo(3 * 49L);
  }

  @ParameterizedTest
  @EnumSource(names = {"FULL", "HYBRID"})
  void scoringWithAFunctionThatTrainingUsesIsNoticedAtLast(ReuseMode mode) {
    RunStatistics statistics =
        reusing(
            mode,
            """
            score = function(Matrix[Double] X, Matrix[Double] w) return (Matrix[Double] p) {
              p = X %*% w
            }
            w = matrix(0, 80, 1)
            for (i in 1:400) {
              w = w - 0.0001 * (t(X) %*% (score(X, w) - 1))
            }
            for (pass in 1:2) {
              for (k in 1:3000) {
                r = r + k * sum(score(X, w))
              }
              STEP
            }
            """
                .replace("STEP", STEP));
    assertThat(statistics.of("matmul").hits()).isGreaterThan(4_000);
  }

  /** The first leaves what it asked for in vain, the second the others as far as these pay. */
  private static final long MOST_OF_TWO_PASSES = 2 * 2 * 1000 - 100;

  private static final String RESTARTED =
      """
      for (k in 1:4) {
        w = matrix(0, 80, 1)
        LOOP
        r = r + k * sum(w)
      }
      """;

  @Test
  void aLoopThatRunsOnceMoreFromTheSameStartIsFoundIterationByIteration() {
    RunStatistics statistics =
        reusing(ReuseMode.FULL, RESTARTED.replace("LOOP", "for (i in 1:1000) {\n" + STEP + "}"));
    assertThat(statistics.of("matmul").hits()).isGreaterThan(MOST_OF_TWO_PASSES);
  }

  @Test
  void soIsAWhileLoop() {
    String loop = "i = 0\nwhile (i < 1000) {\ni = i + 1\n" + STEP + "}";
    RunStatistics statistics = reusing(ReuseMode.FULL, RESTARTED.replace("LOOP", loop));
    assertThat(statistics.of("matmul").hits()).isGreaterThan(MOST_OF_TWO_PASSES);
  }

  @Test
  void soAreNestedLoops() {
    String loop = "for (epoch in 1:10) {\nfor (i in 1:100) {\n" + STEP + "}\n}";
    RunStatistics statistics = reusing(ReuseMode.FULL, RESTARTED.replace("LOOP", loop));
    assertThat(statistics.of("matmul").hits()).isGreaterThan(MOST_OF_TWO_PASSES);
  }

  @Test
  void soAreLoopsOfParforWorkers() {
    String script =
        """
        R = matrix(0, 4, 1)
        parfor (k in 1:4) {
          w = matrix(0, 80, 1)
          for (i in 1:1000) {
            STEP
          }
          R[k, 1] = k * sum(w)
        }
        r = sum(R)
        """
            .replace("STEP", STEP);
    assertThat(reusing(ReuseMode.FULL, script).of("matmul").hits())
        .isGreaterThan(MOST_OF_TWO_PASSES);
  }

  @Test
  void aSweepThatRepeatsATrainingFindsItAsAWhole() {
    RunStatistics statistics =
        reusing(
            ReuseMode.HYBRID,
            """
            train = function(Matrix[Double] X, Double rate) return (Matrix[Double] w) {
              w = matrix(0, 80, 1)
              for (i in 1:300) {
                w = w - rate * (t(X) %*% (X %*% w - 1))
              }
            }
            for (pass in 1:3) {
              for (j in 1:5) {
                r = r + pass * sum(train(X, j / 10000))
              }
            }
            """);
    assertThat(statistics.functions().hits()).isEqualTo(2 * 5L);
  }

  @Test
  void blocksOfALoopThatCarriesAreRecordedWithoutBeingAskedFor() {
    String script =
        """
        w = matrix(0, 80, 1)
        for (i in 1:3000) {
          if (i %% 2 == 0) {
            STEP
          } else {
            STEP
          }
          p = X %*% w
          q = t(X) %*% p
          w = w - 0.00001 * q
        }
        r = sum(w)
        """
            .replace("STEP", STEP);
    RunStatistics statistics = reusing(ReuseMode.HYBRID, script);
    assertThat(statistics.loops().recorded()).isGreaterThan(2_800);
    assertThat(statistics.blocks().hits()).isZero();
  }

  @Test
  void inALoopInsideAnotherWhatItCarriesIsHigherThanBeforeBoth() {
    RunStatistics statistics =
        reusing(
            ReuseMode.FULL,
            "w = matrix(0, 80, 1)\nfor (e in 1:20) {\nfor (i in 1:100) {\n"
                + STEP
                + "}\n}\nr = sum(w)");
    // Each epoch goes on with the weights of the last: none asks as if it were the first.
    assertThat(statistics.of("matmul").misses()).isLessThan(2 * 100L);
  }
}
