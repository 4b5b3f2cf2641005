package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.Scripts.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole calls are found again, exactly when executing them would give the same and do no more. */
class FunctionReuseTest {
  private static final String DATA =
      """
      X = rand(rows=400, cols=40, seed=1)
      y = X %*% matrix(1, 40, 1) + rand(rows=400, cols=1, seed=2)
      """;

  private static final String TRAIN =
      """
      train = function(Matrix[Double] X, Matrix[Double] y, Double reg = 0.5)
        return (Matrix[Double] B, Double loss)
      {
        B = solve(t(X) %*% X + diag(matrix(reg, ncol(X), 1)), t(X) %*% y)
        loss = sum((y - X %*% B)^2)
      }
      """;

  /** Runs in all modes; the outputs must be equal. */
  private static Outcome run(String script) {
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

  private static LevelStatistics calls(String script) {
    return run(script).statistics().functions();
  }

  private static void assertCalls(String script, long hits, long misses) {
    LevelStatistics calls = calls(script);
    assertThat(calls.hits()).as("hits").isEqualTo(hits);
    assertThat(calls.misses()).as("misses").isEqualTo(misses);
  }

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

  @Test
  void effectsHappenEachTime() {
    Outcome outcome =
        run(
            """
            f = function(Matrix[Double] X, Boolean verbose) return (Double s) {
              s = sum(t(X) %*% X)
              if (verbose) { print("in f") }
            }
            X = rand(rows=500, cols=40, seed=1)
            a = f(X, FALSE)
            a = f(X, FALSE)
            b = f(X, TRUE)
            b = f(X, TRUE)
            print(a + b)
            """);
    assertThat(outcome.output()).startsWith("in f\nin f\n");
    assertThat(outcome.statistics().functions().hits()).isEqualTo(1);
    assertThat(outcome.statistics().functions().misses()).isEqualTo(1);
  }

  @Test
  void anEffectInACalledFunctionCounts() {
    assertCalls(
        """
        say = function(String what) return (Integer n) { print(what); n = 1 }
        f = function(Matrix[Double] X) return (Double s) { s = sum(t(X) %*% X) + say("called") }
        X = rand(rows=500, cols=40, seed=1)
        print(f(X) + f(X))
        """,
        0, 0);
  }

  @Test
  void aSeedThatTheSystemDrawsIsDrawnEachTime() {
    String f =
        """
        f = function(Matrix[Double] X, Integer seed) return (Double s) {
          s = sum(X %*% rand(rows=ncol(X), cols=20, seed=seed))
        }
        X = rand(rows=500, cols=100, seed=1)
        """;
    assertCalls(f + "print(f(X, 7) - f(X, 7))", 1, 1);
    assertCalls(f + "print(f(X, -1) != f(X, -1))\nprint(sum(rand(rows=2, cols=2)))", 0, 0);
  }

  @Test
  void seedsDrawnAfterACallThatWasFoundAreThoseAfterACallThatRan() {
    assertCalls(
        """
        f = function(Matrix[Double] X) return (Matrix[Double] R) {
          R = matrix(0, 3, 1)
          parfor (i in 1:3) { R[i, 1] = sum(t(X) %*% (X + i)) }
        }
        X = rand(rows=500, cols=40, seed=1)
        print(sum(f(X)) + sum(rand(rows=3, cols=3)))
        print(sum(f(X)) + sum(rand(rows=3, cols=3)))
        print(sum(f(X)) + sum(rand(rows=3, cols=3)))
        """,
        2, 1);
  }

  @Test
  void aFileIsLookedAtEachTime(@TempDir Path folder) {
    String script =
        """
        load = function(String file, Matrix[Double] X) return (Double s) {
          s = sum(read(file)) + sum(t(X) %%*%% X)
        }
        X = rand(rows=500, cols=40, seed=1)
        write(matrix(1, 2, 2), "%1$s", format="csv")
        a = load("%1$s", X)
        write(matrix(2, 2, 2), "%1$s", format="csv")
        b = load("%1$s", X)
        print(b - a)
        """
            .formatted(folder.resolve("M.csv"));
    Outcome outcome = run(script);
    assertThat(outcome.output()).isEqualTo("4.0\n");
    assertThat(outcome.statistics().functions().hits()).isZero();
  }

  @Test
  void stopAndAssertFailEachTimeAndPassedAssertionsAreReused() {
    String f =
        """
        f = function(Matrix[Double] X, Double limit) return (Double s) {
          s = sum(t(X) %*% X)
          assert(s > 0)
          if (s > limit) { stop("too much") }
        }
        X = rand(rows=500, cols=40, seed=1)
        """;
    assertCalls(f + "print(f(X, 1e9) + f(X, 1e9))", 1, 1);
    ScriptException failure =
        Scripts.failure(Scripts.config(), f + "a = f(X, 1e9)\na = f(X, 1e9)\nb = f(X, 1)\n");
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.STOP);
    assertThat(failure.detail()).isEqualTo("too much");
    assertThat(failure.calls()).hasSize(1);
    assertThat(failure.calls().getFirst().callSite().line()).isEqualTo(9);
  }

  @Test
  void anErrorIsReportedWithItsOwnCallEachTime() throws Exception {
    try (Session session = Reprise.session(Scripts.config());
        Workspace workspace = session.workspace()) {
      workspace.run(
          "1", "f = function(Matrix[Double] A) return (Double s) { s = sum(solve(A, A)) }");
      workspace.run("2", "A = matrix(1, 100, 100)");
      for (String name : new String[] {"3", "4"}) {
        ScriptException failure =
            org.junit.jupiter.api.Assertions.assertThrows(
                ScriptException.class, () -> workspace.run(name, "\n\ns = f(A)"));
        assertThat(failure.getMessage()).contains("singular");
        assertThat(failure.calls().getFirst().callSite().file()).isEqualTo(name);
        assertThat(failure.calls().getFirst().callSite().line()).isEqualTo(3);
      }
    }
  }

  @Test
  void aFunctionThatIsDefinedAnewIsAnotherFunction() throws Exception {
    try (Session session = Reprise.session(Scripts.config());
        Workspace workspace = session.workspace()) {
      workspace.run("1", "X = rand(rows=500, cols=40, seed=1)");
      workspace.run("2", "g = function(Double s) return (Double r) { r = s + 1 }");
      workspace.run(
          "3", "f = function(Matrix[Double] X) return (Double r) { r = g(sum(t(X) %*% X)) }");
      assertThat(hits(workspace, "a = f(X)")).isZero();
      assertThat(hits(workspace, "b = f(X)")).isEqualTo(1);
      workspace.run("4", "g = function(Double s) return (Double r) { r = s + 2 }");
      assertThat(hits(workspace, "c = f(X)")).isZero();
      assertThat(hits(workspace, "d = f(X)")).isEqualTo(1);
      workspace.run(
          "5", "f = function(Matrix[Double] X) return (Double r) { r = g(sum(t(X) %*% X) + 5) }");
      assertThat(hits(workspace, "e = f(X)")).isZero();
      // A name of a variable or a comment makes no other function.
      workspace.run(
          "6",
          "f = function(Matrix[Double] Z) return (Double q) { # the same\n"
              + "  q = g(sum(t(Z) %*% Z) + 5) }");
      assertThat(hits(workspace, "h = f(X)")).isEqualTo(1);
      assertThat(
              hits(
                  workspace,
                  "assert(a == b & c == d & abs(c - a - 1) < 1e-6 & abs(e - c - 5) < 1e-6 & e =="
                      + " h)"))
          .isZero();
    }
  }

  @Test
  void aCalledFunctionWhoseParametersChangeNamesIsAnotherFunction() throws Exception {
    try (Session session = Reprise.session(Scripts.config());
        Workspace workspace = session.workspace()) {
      workspace.run("1", "X = rand(rows=500, cols=40, seed=1)");
      workspace.run("2", "f = function(Double a, Double b) return (Double r) { r = a - b }");
      workspace.run(
          "3",
          "g = function(Matrix[Double] X) return (Double r) { r = as.double(eval(\"f\","
              + " list(a=sum(t(X) %*% X), b=2))) }");
      assertThat(hits(workspace, "p = g(X)")).isZero();
      assertThat(hits(workspace, "p = g(X)")).isEqualTo(1);
      workspace.run("5", "f = function(Double b, Double a) return (Double r) { r = b - a }");
      assertThat(hits(workspace, "q = g(X)")).isZero();
      workspace.run("6", "assert(abs(p + q) < 1e-6 & p > 0)");
      assertThat(hits(workspace, "q = g(X)")).isEqualTo(1);
    }
  }

  private static long hits(Workspace workspace, String text) throws Exception {
    return workspace.run("input", text).statistics().functions().hits();
  }

  @Test
  void functionsOfOneNameInTwoFilesAreTwo(@TempDir Path folder) throws Exception {
    String f = "f = function(Matrix[Double] X) return (Double s) { s = g(X) + sum(t(X) %*% X) }\n";
    Files.writeString(
        folder.resolve("a.dml"),
        f + "g = function(Matrix[Double] X) return (Double s) { s = 1.0 }");
    Files.writeString(
        folder.resolve("b.dml"),
        f + "g = function(Matrix[Double] X) return (Double s) { s = 2.0 }");
    String script =
        """
        source("%s/a.dml") as a
        source("%s/b.dml") as b
        X = rand(rows=500, cols=40, seed=1)
        print(b::f(X) - a::f(X))
        print(b::f(X) - a::f(X))
        """
            .formatted(folder, folder);
    assertCalls(script, 2, 2);
  }

  @Test
  void recursionFindsItsOwnEarlierCalls() {
    Outcome outcome =
        run(
            """
            fib = function(Matrix[Double] X, Integer n) return (Double s) {
              if (n < 2) { s = sum(X %*% t(X)) * n } else { s = fib(X, n - 1) + fib(X, n - 2) }
            }
            X = rand(rows=100, cols=100, seed=1)
            print(fib(X, 12) / fib(X, 1))
            """);
    // Without reuse 465 calls; each of the 13 with another argument runs once.
    assertThat(outcome.statistics().functions().misses()).isEqualTo(13);
  }

  @Test
  void evalIsTransparent() throws Exception {
    String f =
        """
        p = function(Matrix[Double] X) return (Double s) { s = sum(t(X) %*% X) }
        q = function(Matrix[Double] X) return (Double s) { s = sum(t(X) %*% X); print("q") }
        f = function(Matrix[Double] X, String name) return (Double s) {
          s = as.scalar(eval(name, X))
        }
        X = rand(rows=500, cols=40, seed=1)
        """;
    assertCalls(f + "print(f(X, \"p\") - f(X, \"p\"))", 1, 2);
    assertCalls(f + "print(f(X, \"q\") - f(X, \"q\"))", 0, 0);
    try (Session session = Reprise.session(Scripts.config());
        Workspace workspace = session.workspace()) {
      workspace.run("1", f);
      assertThat(hits(workspace, "a = f(X, \"p\")")).isZero();
      assertThat(hits(workspace, "b = f(X, \"p\")")).isEqualTo(1);
      workspace.run(
          "2", "p = function(Matrix[Double] X) return (Double s) { s = sum(X %*% t(X)) }");
      assertThat(hits(workspace, "c = f(X, \"p\")")).isZero();
    }
  }

  @Test
  void lineageIsThatOfTheExecutedBody() {
    String script =
        TRAIN
            + DATA
            + """
            for (i in 1:2) {
              [B, loss] = train(X, y, 0.1)
              C = B * loss
              print(lineage(C))
            }
            """;
    Outcome traced = Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), script);
    Outcome reused = Scripts.run(script);
    assertThat(reused.statistics().functions().hits()).isEqualTo(1);
    assertThat(reused.output()).isEqualTo(traced.output());
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

  @RepeatedTest(20)
  void aCallWithAnOperationThatFailsLateIsNotRemembered() {
    ScriptException failure =
        Scripts.failure(
            Scripts.config(),
            """
            f = function(Matrix[Double] A) return (Double s) {
              unused = solve(A, A)
              s = 1.0
              x = sum(A %*% A)
            }
            A = matrix(1, 120, 120)
            R = matrix(0, 8, 1)
            parfor (i in 1:8, par=8) { R[i, 1] = f(A) + f(A) }
            """);
    assertThat(failure.getMessage()).contains("singular");
    assertThat(failure.calls()).hasSize(1);
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
  void explainSaysWhatKeepsAFunctionFromBeingReused() throws Exception {
    String script =
        """
        pure = function(Matrix[Double] X) return (Double s) { s = sum(X); assert(s > 0) }
        maybe = function(Matrix[Double] X, Integer seed) return (Double s) {
          s = pure(X) + sum(rand(rows=2, cols=2, seed=seed))
          if (s > 5) { print(s) }
        }
        never = function(Matrix[Double] X) return (Double s) {
          s = maybe(X, 3) + sum(rand(rows=2, cols=2))
        }
        print(never(matrix(1, 2, 2)))
        """;
    try (Session session = Reprise.session(Scripts.config())) {
      assertThat(session.compile(script, CompileOptions.none()).explain())
          .contains("  whole calls: reusable\n")
          .contains(
              "  whole calls: reusable unless they reach rand if the seed is negative at"
                  + " <script>:3, print at <script>:4\n")
          .contains("  whole calls: executed each time: rand if the seed is negative at <script>:3")
          .contains("rand without a seed at <script>:7\n");
    }
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
