package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.Scripts.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a compressed matrix masks what is made of dense ones, their cells are computed at its
 * non-zeros alone, and nobody can tell but by the statistics.
 */
class MaskedProductTest {
  private static final String FACTORS =
      """
      K = seq(1, 3000)
      X = table(K %% 300 + 1, (K * 7919) %% 1009 %% 200 + 1, K %% 5 + 1, 300, 200)
      W = (seq(1, 300) %*% t(seq(1, 10) * 31)) %% 101 / 101
      H = (seq(1, 10) %*% t(seq(1, 200) * 37)) %% 103 / 103
      G = H - 0.5
      """;

  private static Outcome run(SessionConfig config, String script) throws Exception {
    Outcome outcome = Scripts.run(config, FACTORS + script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X / (W %*% H + 1e-8)",
        "X * log(W %*% H + 1e-8)",
        "(W %*% H) * X",
        "(X != 0) * (X - W %*% G) ^ 2",
        "(X != 0) * (W %*% G - X)",
        "X * (W %*% t(t(G)))",
        "(X > 1) * sigmoid(W %*% G * 3)",
        "X / exp(W %*% G)",
        "X * log((W %*% H) * 1 + 0.5)"
      })
  void lossesOfFactorisationsNeedNoWholeProduct(String loss) throws Exception {
    assumeTrue(MaskedRuns.hasCode(), "a processor with AVX2 and FMA, on Linux");
    String script = "Q = " + loss + "\nprint(sum(Q)); print(sum(Q %*% t(G)))";
    for (ReuseMode mode : ReuseMode.values()) {
      SessionConfig config = Scripts.config().withReuse(mode);
      Outcome outcome = run(config, script);
      assertThat(MaskedRuns.sampled(outcome.statistics())).as(mode.name()).isEqualTo(1);
      assertThat(outcome.output()).isEqualTo(run(config.withFusion(false), script).output());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // A zero of X would meet a zero, or it is not known that it does not.
        "X / (W %*% H)",
        "X / (W %*% G + 1e-8)",
        // It would meet NaN or an infinity.
        "X * log(W %*% G)",
        "X * (1 / (W %*% G))",
        "X * exp((W %*% H) * 1000)",
        // Its divisor is X.
        "(W %*% H) / X",
        // Nothing masks the product.
        "X + W %*% H",
        "(W %*% H) * rowSums(X)"
      })
  void whatAZeroMightMeetIsComputedInFull(String expression) throws Exception {
    String script = "Q = " + expression + "\nprint(sum(Q)); print(max(Q))";
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.NONE, ReuseMode.HYBRID}) {
      SessionConfig config = Scripts.config().withReuse(mode);
      Outcome outcome = run(config, script);
      assertThat(MaskedRuns.sampled(outcome.statistics())).isZero();
      assertThat(outcome.output()).isEqualTo(run(config.withFusion(false), script).output());
    }
  }

  /** A library multiplies by so large a right operand, and adds terms in an order of its own. */
  @Test
  void onlyWhereBitsMayChangeAreCellsComputedOfWhatALibraryMultiplies() throws Exception {
    assumeTrue(MaskedRuns.hasCode(), "a processor with AVX2 and FMA, on Linux");
    String script =
        """
        K = seq(1, 20000)
        X = table(K %% 40 + 1, (K * 7919) %% 72000 + 1, K %% 5 + 1, 40, 72000)
        W = (seq(1, 40) %*% t(seq(1, 30) * 31)) %% 101 / 101
        H = (seq(1, 30) %*% t(seq(1, 72000) * 37)) %% 103 / 103
        print(sum(X / (W %*% H + 0.1)))
        """;
    SessionConfig config = Scripts.config().withReuse(ReuseMode.TRACE);
    Outcome standard = Scripts.run(config, script);
    Outcome exact = Scripts.run(config.withNumerics(Numerics.EXACT), script);
    assertThat(MaskedRuns.sampled(standard.statistics())).isEqualTo(1);
    assertThat(MaskedRuns.sampled(exact.statistics())).isZero();
    String unfused = Scripts.run(config.withFusion(false), script).output();
    assertThat(exact.output()).isEqualTo(unfused);
    double expected = Double.parseDouble(unfused.strip());
    assertThat(Double.parseDouble(standard.output().strip()))
        .isCloseTo(expected, within(1e-12 * expected));
  }

  @Test
  void aProductThatSomebodyElseNeedsIsComputedOnceAndItsCellsReadAtTheMask() throws Exception {
    String script = "P = W %*% H\nprint(sum(P) - sum(X * log(P + 1e-8)))";
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.NONE, ReuseMode.HYBRID}) {
      // Large enough for a mask of what is no product.
      String larger =
          FACTORS.replace("300", "400") + "P = W %*% H\nprint(sum(P) - sum(X * log(P + 1e-8)))";
      SessionConfig config = Scripts.config().withReuse(mode);
      Outcome outcome = Scripts.run(config, larger);
      assertThat(MaskedRuns.sampled(outcome.statistics())).isEqualTo(1);
      assertThat(outcome.statistics().of("matmul").executed()).isEqualTo(3);
      assertThat(outcome.output())
          .isEqualTo(Scripts.run(config.withFusion(false), larger).output());
      assertThat(run(config, script).output())
          .isEqualTo(run(config.withFusion(false), script).output());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"FULL", "HYBRID"})
  void aProductThatTheCacheHasIsTakenFromIt(ReuseMode mode) throws Exception {
    String script =
        """
        f = function(Matrix[Double] W, Matrix[Double] H) return (Double s) {
          P = W %*% H
          print("whole")
          s = sum(P)
        }
        g = function(Matrix[Double] X, Matrix[Double] W, Matrix[Double] H, Double e)
            return (Double s) {
          s = sum(X / (W %*% H + e))
        }
        print(f(W, H))
        print(g(X, W, H, 0.1))
        print(g(X, W, H, 0.2))
        """;
    Outcome outcome = run(Scripts.config().withReuse(mode), script);
    assertThat(outcome.statistics().of("matmul").executed()).isEqualTo(3);
    assertThat(outcome.statistics().of("matmul").hits()).isPositive();
    assertThat(MaskedRuns.sampled(outcome.statistics())).isZero();
    assertThat(outcome.output())
        .isEqualTo(run(Scripts.config().withReuse(ReuseMode.NONE), script).output());
  }

  /** V has 12,000 cells: what is smaller is computed where it stands. */
  private static final String TALL =
      """
      V = (seq(1, 300) %*% t(seq(1, 40) * 31)) %% 101 / 101
      B = (seq(1, 40) %*% t(seq(1, 200) * 37)) %% 103 / 103
      """;

  /** The second and third call find the product, and so need no root. */
  @Test
  void anOperandOfAProductThatTheCacheHasIsNotComputed() throws Exception {
    String script =
        TALL
            + """
            f = function(Matrix[Double] V, Matrix[Double] B) return (Double s) {
              P = sqrt(V) %*% B
              print("whole")
              s = sum(P)
            }
            g = function(Matrix[Double] X, Matrix[Double] V, Matrix[Double] B, Double e)
                return (Double s) {
              s = sum(X / (sqrt(V) %*% B + e))
            }
            print(f(V, B))
            print(g(X, V, B, 0.1))
            print(g(X, V, B, 0.2))
            """;
    Outcome outcome = run(Scripts.config().withReuse(ReuseMode.FULL), script);
    OpcodeStatistics roots = outcome.statistics().of("sqrt");
    assertThat(roots.hits() + roots.misses() + roots.waits()).isEqualTo(1);
    assertThat(roots.executed()).isEqualTo(1);
    assertThat(outcome.output())
        .isEqualTo(run(Scripts.config().withReuse(ReuseMode.NONE), script).output());
  }

  @Test
  void aProductOfWhatWasDeferredIsMaskedWhereItIsNotCached() throws Exception {
    assumeTrue(MaskedRuns.hasCode(), "a processor with AVX2 and FMA, on Linux");
    String script = TALL + "print(sum(X / (sqrt(V) %*% B + 0.1)))\n";
    Outcome outcome = run(Scripts.config().withReuse(ReuseMode.FULL), script);
    assertThat(MaskedRuns.sampled(outcome.statistics())).isEqualTo(1);
  }

  /** To turn the right operand would take as long as the product; a transposed one need not be. */
  @ParameterizedTest
  @CsvSource({"31, A %*% B, 0", "32, A %*% B, 1", "31, A %*% t(C), 1"})
  void ofFewRowsTheWholeProductIsComputed(int rows, String product, long sampled) throws Exception {
    assumeTrue(MaskedRuns.hasCode(), "a processor with AVX2 and FMA, on Linux");
    String script =
        """
        n = %d
        X = table(seq(1, 1000) %%%% n + 1, (seq(1, 1000) * 7919) %%%% 1000 + 1, n, 1000)
        A = (seq(1, n) %%*%% t(seq(1, 40) * 31)) %%%% 101
        B = (seq(1, 40) %%*%% t(seq(1, 1000) * 37)) %%%% 103
        C = t(B)
        print(sum(X / (%s + 0.5)))
        """
            .formatted(rows, product);
    SessionConfig config = Scripts.config().withReuse(ReuseMode.NONE);
    Outcome outcome = Scripts.run(config, script);
    assertThat(MaskedRuns.sampled(outcome.statistics())).isEqualTo(sampled);
    assertThat(outcome.output()).isEqualTo(Scripts.run(config.withFusion(false), script).output());
  }

  /** B takes 8 MB, and as much again if it is turned; the whole product takes 3.2. */
  @Test
  void withoutRoomForATurnedOperandTheWholeProductIsComputed() throws Exception {
    assumeTrue(MaskedRuns.hasCode(), "a processor with AVX2 and FMA, on Linux");
    String script =
        """
        X = table(seq(1, 9000) %% 40 + 1, (seq(1, 9000) * 7919) %% 10000 + 1, 40, 10000)
        A = (seq(1, 40) %*% t(seq(1, 100) * 31)) %% 101
        B = rand(rows=100, cols=10000, min=0, max=1, seed=7)
        print(sum(X / (A %*% B + 0.5)))
        """;
    SessionConfig config = Scripts.config().withReuse(ReuseMode.NONE);
    Outcome roomy = Scripts.run(config, script);
    Outcome tight = Scripts.run(config.withHostBytes(15_500_000), script);
    assertThat(MaskedRuns.sampled(roomy.statistics())).isEqualTo(1);
    assertThat(MaskedRuns.sampled(tight.statistics())).isZero();
    assertThat(tight.output()).isEqualTo(roomy.output());
    assertThat(tight.liveBuffers()).isZero();
  }

  @Test
  void aMaskedValueIsFoundAgain() throws Exception {
    String script =
        """
        g = function(Matrix[Double] X, Matrix[Double] W, Matrix[Double] H, Double i)
            return (Double s) {
          print(i)
          s = sum((X / (W %*% H + 0.5)) %*% t(H) * i)
        }
        for (i in 1:4) { print(g(X, W, H, i)) }
        """;
    Outcome reused = run(Scripts.config().withReuse(ReuseMode.HYBRID), script);
    Outcome computed = run(Scripts.config().withReuse(ReuseMode.NONE), script);
    assertThat(reused.output()).isEqualTo(computed.output());
    if (MaskedRuns.hasCode()) {
      assertThat(MaskedRuns.sampled(reused.statistics())).isEqualTo(1);
      assertThat(MaskedRuns.sampled(computed.statistics())).isEqualTo(4);
    }
  }

  @Test
  void whatIsRefusedAgainAndAgainIsTriedLessAndLess() throws Exception {
    String script =
        """
        s = 0
        for (i in 1:100) { s = s + sum(X / (W %*% (G + i / 1000))) }
        print(s)
        """;
    SessionConfig config = Scripts.config().withReuse(ReuseMode.NONE);
    Outcome outcome = run(config, script);
    assertThat(MaskedRuns.sampled(outcome.statistics())).isZero();
    assertThat(outcome.output()).isEqualTo(run(config.withFusion(false), script).output());
  }

  @Test
  void aMaskThatChangesItsFormIsLookedAtEachTime() throws Exception {
    String script =
        """
        s = 0
        for (i in 1:6) {
          Y = X * i
          if (i %% 2 == 0) Y = Y + 1
          P = W %*% H + i
          s = s + sum(Y / P)
          print(s)
        }
        """;
    SessionConfig config = Scripts.config().withReuse(ReuseMode.NONE);
    Outcome outcome = run(config, script);
    if (MaskedRuns.hasCode()) {
      assertThat(MaskedRuns.sampled(outcome.statistics())).isEqualTo(3);
    }
    assertThat(outcome.output()).isEqualTo(run(config.withFusion(false), script).output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"X / (W %*% t(H) + 1)", "X / (H %*% W + 1)"})
  void mistakesAreReportedAsWithoutAMask(String mistake) {
    String script = FACTORS + "Q = " + mistake + "\nprint(sum(Q))";
    ScriptException with = Scripts.failure(Scripts.config(), script);
    ScriptException without = Scripts.failure(Scripts.config().withFusion(false), script);
    assertThat(with).hasMessage(without.getMessage());
    assertThat(with.position()).isEqualTo(without.position());
  }
}
