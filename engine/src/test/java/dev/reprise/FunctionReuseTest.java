package dev.reprise;

import static dev.reprise.Calls.DATA;
import static dev.reprise.Calls.TRAIN;
import static dev.reprise.Calls.assertCalls;
import static dev.reprise.Calls.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.Scripts.Outcome;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole calls are found again, exactly when executing them would give the same and do no more. */
class FunctionReuseTest {
  @Test
  void aCallWithTheSameArgumentsIsNotExecutedAgain() {
    Outcome outcome =
        run(
            TRAIN
                + DATA
                + """
                for (i in 1:5) { [B, loss] = train(X, y, 0.1); print(sum(B) + loss) }
                """);
    assertThat(outcome.statistics().functions().hits()).isEqualTo(4);
    assertThat(outcome.statistics().functions().misses()).isEqualTo(1);
    assertThat(outcome.statistics().functions().savedNanos()).isPositive();
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(1);
    // The instructions of the body were not even asked for.
    assertThat(outcome.statistics().of("solve").hits()).isZero();
  }

  @Test
  void modesWithoutLevelsEnterEachCall() {
    String script = TRAIN + DATA + "for (i in 1:3) { [B, l] = train(X, y); print(l) }";
    for (ReuseMode mode : new ReuseMode[] {ReuseMode.FULL, ReuseMode.PARTIAL}) {
      RunStatistics statistics = Scripts.run(Scripts.config().withReuse(mode), script).statistics();
      assertThat(statistics.functions()).isEqualTo(LevelStatistics.NONE);
      assertThat(statistics.of("solve").hits()).isEqualTo(2);
    }
  }

  @Test
  void aRepeatedSearchExecutesEachConfigurationOnce() {
    assertCalls(
        TRAIN
            + DATA
            + """
            best = function(Matrix[Double] X, Matrix[Double] y, Integer from, Integer to)
              return (Double least)
            {
              least = 1e300
              for (i in from:to) { [B, loss] = train(X, y, i / 10); least = min(least, loss) }
            }
            print(best(X, y, 1, 6) + best(X, y, 4, 9) + best(X, y, 1, 9) + best(X, y, 4, 9))
            """,
        // best: the last; train: 4 to 6 of the second search, all 9 of the third
        1 + 3 + 9,
        3 + 9);
  }

  @Test
  void defaultsAndNamedArgumentsInAnyOrderAreTheSameCall() {
    assertCalls(
        TRAIN
            + DATA
            + """
            [B, a] = train(X, y)
            [B, b] = train(X, y, 0.5)
            [B, c] = train(reg=0.5, y=y, X=X)
            [B, d] = train(y=y, X=X, reg=1/2)
            print(a + b + c + d)
            """,
        3,
        1);
  }

  @Test
  void argumentsThatAreConvertedToTheSameValueAreTheSameCall() {
    assertCalls(
        TRAIN + DATA + "[B, a] = train(X, y, 1)\n[B, b] = train(X, y, 1.0)\nprint(a + b)", 1, 1);
  }

  @Test
  void resultsThatOneCallDropsAreThereForTheNextIfTheyAreCached() {
    assertCalls(
        TRAIN
            + DATA
            + """
            B = train(X, y)
            [B, loss] = train(X, y)
            B = train(X, y)
            print(sum(B) + loss)
            """,
        2,
        1);
  }

  @Test
  void listsFramesTextsAndTruthValuesComeBack() {
    Outcome outcome =
        run(
            """
            f = function(Matrix[Double] X)
              return (List[unknown] L, Frame[Unknown] F, String s, Boolean b, Integer n, Double d)
            {
              G = t(X) %*% X
              L = list(product=G, first=X, names=list("a", TRUE), total=sum(G))
              F = as.frame(G[1:2, 1:2])
              s = "sum " + as.integer(sum(G) / 1000)
              b = sum(G) > 0
              n = ncol(G)
              d = sum(G)
            }
            X = rand(rows=500, cols=30, seed=1)
            for (i in 1:3) {
              [L, F, s, b, n, d] = f(X)
              inner = as.list(L["names"])
              print(sum(as.matrix(L["product"])) + " " + sum(as.matrix(L[2])) + " " + length(L))
              print(as.scalar(inner[1]) + as.scalar(inner[2]) + as.scalar(L["total"]))
              print(toString(F) + s + b + n + " " + d)
            }
            """);
    assertThat(outcome.statistics().functions().hits()).isEqualTo(2);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
  }

  @Test
  void aChangedResultLeavesTheRememberedOneAsItWas() {
    assertCalls(
        """
        f = function(Matrix[Double] X) return (Matrix[Double] Y) {
          Y = matrix(0, nrow(X), 1)
          for (i in 1:nrow(X)) { Y[i, 1] = sum(X[i, ] %*% t(X)) }
        }
        X = rand(rows=300, cols=30, seed=1)
        Y = f(X)
        print(sum(Y))
        Y[1, 1] = 1000
        print(sum(Y))
        Y = f(X)
        print(sum(Y))
        Y[2, 1] = 1000
        print(sum(Y) + sum(f(X)))
        """,
        2, 1);
  }

  @Test
  void aResultThatIsAnArgumentIsTheCallersOwn() {
    assertCalls(
        """
        f = function(Matrix[Double] X, Matrix[Double] Z) return (Matrix[Double] A, Double s) {
          A = Z
          s = sum(t(X) %*% X)
        }
        X = rand(rows=500, cols=30, seed=1)
        Z = matrix(1, 2, 2)
        for (i in 1:3) { [A, s] = f(X, Z); A[1, 1] = i; print(sum(A) + sum(Z) + s) }
        """,
        2, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void workersOfAParforFindEachOthersCalls(int workers) {
    String script =
        TRAIN
            + DATA
            + """
            R = matrix(0, 24, 1)
            parfor (i in 1:24, par=%d) {
              [B, loss] = train(X, y, (i %%%% 4) / 10 + 0.1)
              R[i, 1] = sum(B) + loss
            }
            print(toString(t(R)))
            """
                .formatted(workers);
    Outcome outcome = run(script);
    LevelStatistics calls = outcome.statistics().functions();
    assertThat(calls.hits() + calls.misses()).isEqualTo(24);
    assertThat(calls.misses()).isBetween(4L, 4L * workers);
    // Whoever entered a body at the same time shared its instructions.
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(4);
  }

  @RepeatedTest(50)
  void callsWhoseWorkIsStillPendingArePublishedWhenItIsDone() {
    Outcome outcome =
        Scripts.run(
            TRAIN
                + DATA
                + """
                R = matrix(0, 16, 1)
                parfor (i in 1:16, par=8) { [B, loss] = train(X, y, 0.1); R[i, 1] = loss }
                [B, loss] = train(X, y, 0.1)
                print(sum(R == loss))
                """);
    assertThat(outcome.output()).isEqualTo("16.0\n");
    // Once everything is done, somebody's execution has been published.
    assertThat(outcome.statistics().functions().hits()).isPositive();
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(1);
    assertThat(outcome.liveBuffers()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {400_000, 600_000, 1_000_000, 4_000_000})
  void whatWasEvictedInPartFallsBackToTheBody(long budget) {
    String script =
        """
        f = function(Matrix[Double] X, Double a) return (Matrix[Double] P, Matrix[Double] Q) {
          P = X * a + 1
          Q = P / 2 + X
        }
        X = rand(rows=100, cols=80, seed=1)
        s = 0
        for (k in 1:4) { for (i in 1:12) { [P, Q] = f(X, i); s = s + sum(P) * sum(Q) } }
        print(s)
        """;
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    Outcome outcome = Scripts.run(Scripts.config().withHostBytes(budget).withDiskBytes(0), script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.liveBuffers()).isZero();
    LevelStatistics calls = outcome.statistics().functions();
    assertThat(calls.hits() + calls.misses()).isEqualTo(48);
    if (budget == 4_000_000) {
      assertThat(calls.misses()).isEqualTo(12);
      assertThat(outcome.statistics().cache().evictions()).isZero();
    } else {
      assertThat(calls.misses()).isGreaterThan(12);
      assertThat(outcome.statistics().cache().evictions()).isPositive();
    }
    // With a disk the values are there, only farther away.
    Outcome spilled = Scripts.run(Scripts.config().withHostBytes(budget), script);
    assertThat(spilled.output()).isEqualTo(expected);
    assertThat(spilled.liveBuffers()).isZero();
  }

  @Test
  void aValueThatServesCallAndInstructionIsChargedOnce() {
    Outcome outcome =
        run(
            """
            f = function(Matrix[Double] X) return (Matrix[Double] G) { G = t(X) %*% X }
            X = rand(rows=500, cols=40, seed=1)
            print(sum(f(X)) + sum(f(X)) + sum(t(X) %*% X))
            """);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
    assertThat(outcome.statistics().of("tsmm").hits()).isEqualTo(1);
    // X and its product.
    assertThat(outcome.statistics().cache().entries()).isEqualTo(2);
    assertThat(outcome.statistics().cache().bytes()).isEqualTo(8 * (500 * 40 + 40 * 40));
  }

  @Test
  void aFoundCallIsExecutedAndComparedWhenReuseIsVerified() {
    String script = TRAIN + DATA + "for (i in 1:5) { [B, loss] = train(X, y); print(loss) }";
    RunStatistics verified = Scripts.run(Scripts.config().withVerifyReuse(1), script).statistics();
    assertThat(verified.functions().hits()).isEqualTo(4);
    assertThat(verified.verification().values()).isGreaterThanOrEqualTo(8);
    assertThat(verified.of("solve").hits()).isEqualTo(4);
  }

  @Test
  void smallFunctionsAreNotAskedFor() {
    assertCalls(
        """
        f = function(Double x) return (Double y) { y = x + 1 }
        s = 0.0
        for (i in 1:100) { s = f(1) }
        print(s)
        """,
        0,
        0);
  }

  @Test
  void aFunctionThatIsSmallAtFirstIsAskedForOnceItHasDoneMuch() {
    assertCalls(
        """
        f = function(Matrix[Double] X) return (Double s) { s = sum(t(X) %*% X) }
        small = matrix(1, 2, 2)
        X = rand(rows=500, cols=40, seed=1)
        for (i in 1:10) { a = f(small) }
        for (i in 1:4) { a = f(X) }
        print(a)
        """,
        2, 1);
  }
}
