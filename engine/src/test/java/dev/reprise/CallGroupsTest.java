package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that a call alone can use leave memory together, whatever the policy. */
class CallGroupsTest {
  /** Two matrices of 320 kB that no instruction keeps, since parts of them are assigned. */
  private static final String FUNCTION =
      """
      f = function(Matrix[Double] X, Integer k) return (Matrix[Double] A, Matrix[Double] B) {
        S = t(X) %*% X + k
        A = matrix(k, 200, 200)
        B = matrix(0, 200, 200)
        A[1:200, 1:200] = S * 0.5
        B[1:200, 1:200] = solve(S + diag(matrix(10 + k, 200, 1)), S)
      }
      X = rand(rows=2000, cols=200, seed=1)
      """;

  private static final String CALLS =
      FUNCTION
          + """
          R = matrix(0, 24, 2)
          parfor (i in 1:24) {
            [A, B] = f(X, i %% 8)
            R[i, 1] = sum(A)
            R[i, 2] = sum(B)
          }
          for (i in 1:24) { print(i + ": " + as.scalar(R[i, 1]) + " " + as.scalar(R[i, 2])) }
          """;

  @ParameterizedTest
  @CsvSource({
    "lru,1",
    "lru,4",
    "dagheight,1",
    "dagheight,4",
    "costnsize,1",
    "costnsize,4",
    "benefit,1",
    "benefit,4"
  })
  void resultsAreEqualUnderATinyBudgetAndCallsLoseAllValuesAtOnce(String policy, int threads) {
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), CALLS).output();
    SessionConfig config =
        Scripts.config()
            .withReuse(ReuseMode.MULTILEVEL)
            .withPolicy(policy)
            .withThreads(threads)
            .withDiskBytes(0);
    Outcome roomy = Scripts.run(config, CALLS);
    Outcome tiny = Scripts.run(config.withHostBytes(3_200_000L + 4_000_000L * threads), CALLS);
    assertThat(Stream.of(roomy, tiny).map(Outcome::output)).containsOnly(expected);
    assertThat(roomy.statistics().cache().groups()).isPositive();
    assertThat(roomy.statistics().cache().groupsBroken()).isZero();
    if (threads == 1) {
      assertThat(tiny.statistics().cache().groupsBroken()).isPositive();
      assertThat(tiny.statistics().cache().evictionsByReason().get("group_broken")).isPositive();
    }
    assertThat(tiny.liveBuffers()).isZero();
  }

  @Test
  void aCallWithoutItsValuesFindsWhatItsInstructionsLeft() {
    String script =
        FUNCTION.replace("2000", "800")
            + "[A, B] = f(X, 1)\nprint(sum(A) + sum(B))\nA = 0; B = 0\n"
            + "Z = matrix(1, 250, 500)\nprint(sum(Z))\nZ = 0\n"
            + "[A, B] = f(X, 1)\nprint(sum(A) + sum(B))\n";
    // The deepest goes first: the call, not the product inside of it.
    SessionConfig config =
        Scripts.config().withReuse(ReuseMode.MULTILEVEL).withPolicy("dagheight").withDiskBytes(0);
    Outcome outcome = Scripts.run(config.withHostBytes(4_400_000), script);
    RunStatistics run = outcome.statistics();
    assertThat(outcome.output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output());
    assertThat(run.functions().hits()).isZero();
    assertThat(run.functions().misses()).isEqualTo(2);
    assertThat(run.cache().groupsBroken()).isPositive();
    assertThat(run.of("tsmm").executed()).isOne();
    assertThat(run.of("tsmm").hits()).isOne();
    assertThat(Scripts.run(config, script).statistics().functions().hits()).isOne();
  }
}
