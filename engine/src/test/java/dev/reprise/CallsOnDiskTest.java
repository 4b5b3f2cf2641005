package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import org.junit.jupiter.api.Test;

/** Calls whose results lie on disk are found, if reading them takes less than the call did. */
class CallsOnDiskTest {
  private static final String FUNCTION =
      """
      f = function(Matrix[Double] X) return (Matrix[Double] A, Matrix[Double] B, List[unknown] L) {
        A = X
        for (k in 1:40) { A = solve(X + k, A) }
        B = A + 1
        L = list(a=A * 2, n=3)
      }
      X = rand(rows=200, cols=200, seed=1)
      """;

  private static final String FILL =
      """
      A = 0; B = 0; L = 0
      Z1 = matrix(1, 400, 400); Z2 = matrix(2, 400, 400)
      Z3 = matrix(3, 400, 400); Z4 = matrix(4, 400, 400)
      s = sum(Z1) + sum(Z2) + sum(Z3) + sum(Z4)
      Z1 = 0; Z2 = 0; Z3 = 0; Z4 = 0
      """;

  private static final String CALL =
      """
      [A, B, L] = f(X)
      print(sum(A) + " " + sum(B) + " " + sum(as.matrix(L["a"])) + " " + as.scalar(L["n"]))
      """;

  /** Room for the variables alone: what only the cache holds goes to disk. */
  private static SessionConfig config() {
    return Scripts.config().withHostBytes(6 << 20).withDiskBytes(100 << 20);
  }

  @Test
  void theirResultsAreReadBackAndTheBodyIsNotEntered() {
    String script = FUNCTION + CALL + FILL + CALL;
    Outcome outcome = Scripts.run(config(), script);
    assertThat(outcome.output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output());
    RunStatistics statistics = outcome.statistics();
    assertThat(statistics.functions().misses()).isOne();
    assertThat(statistics.functions().hits()).isOne();
    assertThat(statistics.of("solve").executed()).isEqualTo(40);
    assertThat(statistics.of("solve").hits()).isZero();
    assertThat(statistics.cache().restores()).isPositive();
    assertThat(outcome.liveBuffers()).isZero();
  }

  @Test
  void workersThatFindTheSameCallReadItOnce() {
    String script =
        FUNCTION
            + CALL
            + FILL
            + "R = matrix(0, 8, 1)\n"
            + "parfor (i in 1:8, par=8) { [P, Q, K] = f(X); R[i, 1] = sum(P) + sum(Q) }\n"
            + "print(sum(R == R[1, 1]))\n";
    Outcome outcome = Scripts.run(config(), script);
    assertThat(outcome.output()).endsWith("8.0\n");
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(40);
    assertThat(outcome.statistics().functions().hits()).isPositive();
    assertThat(outcome.statistics().cache().restores()).isBetween(1L, 3L);
    assertThat(outcome.liveBuffers()).isZero();
  }
}
