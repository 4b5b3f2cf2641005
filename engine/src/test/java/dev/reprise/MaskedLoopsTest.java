package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Factorisations of a compressed matrix in loops: values and lineage are those of the operations
 * one by one, in every mode and however iterations are traced.
 */
class MaskedLoopsTest {
  private static final String DATA =
      """
      K = seq(1, 4000)
      X = table(K %% 400 + 1, (K * 7919) %% 1009 %% 250 + 1, K %% 5 + 1, 400, 250)
      W = ((seq(1, 400) %*% t(seq(1, 7) * 31)) %% 101 + 1) / 101
      H = ((seq(1, 7) %*% t(seq(1, 250) * 37)) %% 103 + 1) / 103
      """;

  private static final String POISSON =
      """
      H = H * (t(W) %*% (X / (W %*% H + 1e-8))) / t(colSums(W))
      W = W * ((X / (W %*% H + 1e-8)) %*% t(H)) / t(rowSums(H))
      """;

  private static final String LEAST_SQUARES =
      """
      G = (X != 0) * (W %*% H - X)
      V = W - 0.001 * (G %*% t(H))
      H = H - 0.001 * (t(W) %*% G)
      W = V
      loss = sum((X != 0) * (X - W %*% H) ^ 2)
      """;

  private static final String SHOWN =
      """
      print(sum(X * log(W %*% H + 1e-8)))
      print(sum(W ^ 2) + " " + sum(H ^ 2))
      print(lineage(H))
      """;

  static Stream<Arguments> programs() {
    String loop = "for (i in 1:%d) {\n%s}\n";
    String call =
        """
        f = function(Matrix[Double] X, Matrix[Double] W, Matrix[Double] H, Integer n)
            return (Matrix[Double] W, Matrix[Double] H) {
          for (i in 1:n) {
        %s
          }
        }
        """;
    String calls = "for (n in 1:4) { [A, B] = f(X, W, H, n); print(sum(A %*% B)) }\n";
    String workers =
        """
        R = matrix(0, 6, 1)
        parfor (j in 1:6) { [A, B] = f(X, W, H, 1 + j %% 3); R[j, 1] = sum(A) + sum(B) }
        print(toString(R))
        """;
    return Stream.of(
        Arguments.of("poisson", DATA + loop.formatted(30, POISSON) + SHOWN),
        Arguments.of("least squares", DATA + loop.formatted(30, LEAST_SQUARES) + SHOWN),
        Arguments.of(
            "branches",
            DATA
                + loop.formatted(
                    40, "if (i %% 3 == 0) {\n" + POISSON + "} else {\n" + LEAST_SQUARES + "}\n")
                + SHOWN),
        Arguments.of("calls", DATA + call.formatted(POISSON) + calls + SHOWN),
        Arguments.of(
            "calls of least squares", DATA + call.formatted(LEAST_SQUARES) + calls + SHOWN),
        Arguments.of("workers", DATA + call.formatted(POISSON) + workers + SHOWN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void valuesAndLineageAreThoseOfTheOperations(String name, String script) {
    SessionConfig config = Scripts.config().withReuse(ReuseMode.TRACE);
    String expected = run(config.withFusion(false).withDedup(false), script).output();
    for (SessionConfig one :
        new SessionConfig[] {
          config,
          config.withDedup(false),
          config.withThreads(1),
          config.withReuse(ReuseMode.FULL),
          config.withReuse(ReuseMode.HYBRID),
          config.withReuse(ReuseMode.HYBRID).withThreads(1),
          config.withReuse(ReuseMode.HYBRID).withHostBytes(2 << 20),
          config.withReuse(ReuseMode.HYBRID).withNumerics(Numerics.EXACT)
        }) {
      Outcome outcome = run(one, script);
      assertThat(outcome.output()).as("%s %s", name, one.reuse()).isEqualTo(expected);
      if (MaskedRuns.hasCode()) {
        assertThat(MaskedRuns.sampled(outcome.statistics())).as(name).isPositive();
      }
    }
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }
}
