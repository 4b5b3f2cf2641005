package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.OpcodeStatistics;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Workers that want the same values, in every order: each is computed once and nobody hangs. */
class ParForReuseTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static Scripts.Outcome run(SessionConfig config, String script) {
    return Assertions.assertTimeoutPreemptively(LIMIT, () -> Scripts.run(config, script));
  }

  @RepeatedTest(200)
  void eightWorkersWaitForOneProduct() {
    Scripts.Outcome outcome =
        run(
            Scripts.config(),
            """
            X = rand(rows=3000, cols=40, seed=1)
            R = matrix(0, 8, 1)
            parfor (i in 1:8, par=8) { A = t(X) %*% X; R[i, 1] = sum(A) }
            print(sum(R == min(R)))
            """);
    OpcodeStatistics product = outcome.statistics().of("tsmm");
    assertThat(outcome.output()).isEqualTo("8.0\n");
    assertThat(product.executed()).isEqualTo(1);
    assertThat(product.hits() + product.waits()).isEqualTo(7);
    assertThat(outcome.liveBuffers()).isZero();
  }

  /**
   * Claims on whole functions would deadlock here: F wants what G computes, and G what F computes.
   */
  @RepeatedTest(100)
  void functionsThatWantEachOthersWorkInOppositeOrderFinish() {
    Scripts.Outcome outcome =
        run(
            Scripts.config(),
            """
            p = function(Matrix[Double] X) return (Double s) { s = sum(t(X) %*% X) }
            q = function(Matrix[Double] X) return (Double s) { s = sum(X %*% t(X)) }
            F = function(Matrix[Double] X) return (Double s) { a = p(X); b = q(X); s = a + b }
            G = function(Matrix[Double] X) return (Double s) { b = q(X); a = p(X); s = a + b }
            X = rand(rows=200, cols=200, seed=3)
            R = matrix(0, 2, 1)
            parfor (i in 1:2, par=2) { if (i == 1) { R[i, 1] = F(X) } else { R[i, 1] = G(X) } }
            print(sum(R == min(R)))
            """);
    assertThat(outcome.output()).isEqualTo("2.0\n");
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(2);
    assertThat(outcome.liveBuffers()).isZero();
  }

  @RepeatedTest(50)
  void anErrorInACommonValueReachesEveryWorkerAndTheFirstIterationIsReported() {
    ScriptException failure =
        Assertions.assertTimeoutPreemptively(
            LIMIT,
            () ->
                Scripts.failure(
                    Scripts.config(),
                    """
                    A = matrix(1, 150, 150)
                    b = matrix(1, 150, 1)
                    R = matrix(0, 8, 1)
                    parfor (i in 1:8, par=8) { x = solve(A, b); R[i, 1] = sum(x) + i }
                    print(sum(R))
                    """));
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.SCRIPT);
    assertThat(failure.getMessage()).contains("singular");
    assertThat(failure.position().line()).isEqualTo(4);
  }

  @RepeatedTest(50)
  void stopInOneWorkerLeavesNobodyWaiting() {
    ScriptException failure =
        Assertions.assertTimeoutPreemptively(
            LIMIT,
            () ->
                Scripts.failure(
                    Scripts.config(),
                    """
                    X = rand(rows=1000, cols=30, seed=1)
                    R = matrix(0, 40, 1)
                    parfor (i in 1:40, par=8) {
                      A = t(X) %*% (X + i %% 3)
                      if (i >= 5) { stop("iteration " + i) }
                      R[i, 1] = sum(A)
                    }
                    """));
    assertThat(failure.detail()).isEqualTo("iteration 5");
  }

  @Test
  void aBudgetOfTwoOutputsStillFinishesWithTheSameResult() {
    String script =
        """
        X = rand(rows=300, cols=300, seed=1)
        R = matrix(0, 12, 1)
        parfor (i in 1:12, par=4) { A = X %*% (X + i %% 4); R[i, 1] = sum(A) }
        print(sum(R))
        """;
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    long matrix = 300 * 300 * 8L;
    // X, two operands and two products for each of two workers; four workers must share it.
    Scripts.Outcome tight = run(Scripts.config().withHostBytes(12 * matrix), script);
    assertThat(tight.output()).isEqualTo(expected);
    assertThat(tight.liveBuffers()).isZero();
  }

  @Test
  void listsOfValuesThatOtherWorkersComputeCanBeBound() {
    String script =
        """
        X = matrix(seq(1, 40000), 400, 100) / 40000
        R = matrix(0, 16, 1)
        parfor (i in 1:16, par=4) {
          L = list()
          for (f in 1:8) { L = append(L, exp(X[((f - 1) * 50 + 1):(f * 50), ])) }
          M = list(sqrt(X), exp(X))
          R[i, 1] = sum(rbind(L)) + sum(cbind(M)) + i
        }
        print(sum(R))
        """;
    String expected = run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    for (int round = 0; round < 20; round++) {
      Scripts.Outcome shared = run(Scripts.config().withNumerics(Numerics.EXACT), script);
      assertThat(shared.output()).isEqualTo(expected);
      assertThat(shared.liveBuffers()).isZero();
    }
  }

  @Test
  void callsOfAFunctionWithEqualArgumentsThatRecurEndInAStackError() {
    ScriptException failure =
        Assertions.assertTimeoutPreemptively(
            LIMIT,
            () ->
                Scripts.failure(
                    Scripts.config(),
                    """
                    f = function(Matrix[Double] X) return (Matrix[Double] Y) { Y = f(X) }
                    X = rand(rows=100, cols=100, seed=1)
                    R = matrix(0, 4, 1)
                    parfor (i in 1:4, par=4) { Y = f(X); R[i, 1] = sum(Y) }
                    print(sum(R))
                    """));
    assertThat(failure.getMessage()).contains("nested");
  }

  @RepeatedTest(50)
  void chainsOfPendingValuesResolve() {
    Scripts.Outcome outcome =
        run(
            Scripts.config(),
            """
            X = rand(rows=2000, cols=50, seed=1)
            y = X %*% matrix(1, 50, 1)
            R = matrix(0, 16, 1)
            parfor (i in 1:16, par=8) {
              A = t(X) %*% X
              b = t(X) %*% y
              C = A + 0.5
              w = solve(C, b)
              r = X %*% w - y
              R[i, 1] = sum(r ^ 2) + i * 0
            }
            print(sum(R == min(R)))
            """);
    assertThat(outcome.output()).isEqualTo("16.0\n");
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(1);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
    assertThat(outcome.liveBuffers()).isZero();
  }
}
