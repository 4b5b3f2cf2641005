package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.Scripts.Outcome;

/** What tests of whole calls share: programs, and runs of them in all modes. */
final class Calls {
  static final String DATA =
      """
      X = rand(rows=400, cols=40, seed=1)
      y = X %*% matrix(1, 40, 1) + rand(rows=400, cols=1, seed=2)
      """;

  static final String TRAIN =
      """
      train = function(Matrix[Double] X, Matrix[Double] y, Double reg = 0.5)
        return (Matrix[Double] B, Double loss)
      {
        B = solve(t(X) %*% X + diag(matrix(reg, ncol(X), 1)), t(X) %*% y)
        loss = sum((y - X %*% B)^2)
      }
      """;

  /** Runs in all modes; the outputs must be equal. */
  static Outcome run(String script) {
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    Outcome reused = null;
    for (ReuseMode mode : ReuseMode.values()) {
      reused = Scripts.run(Scripts.config().withReuse(mode), script);
      assertThat(reused.output()).as("%s", mode).isEqualTo(expected);
      assertThat(reused.liveBuffers()).as("%s", mode).isZero();
    }
    Outcome verified = Scripts.run(Scripts.config().withVerifyReuse(1), script);
    assertThat(verified.output()).as("verified").isEqualTo(expected);
    assertThat(verified.liveBuffers()).as("verified").isZero();
    return reused;
  }

  static LevelStatistics calls(String script) {
    return run(script).statistics().functions();
  }

  static void assertCalls(String script, long hits, long misses) {
    LevelStatistics calls = calls(script);
    assertThat(calls.hits()).as("hits").isEqualTo(hits);
    assertThat(calls.misses()).as("misses").isEqualTo(misses);
  }

  private Calls() {}
}
