package dev.reprise;

import static dev.reprise.Calls.assertCalls;
import static dev.reprise.Calls.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a call must do each time, it does each time. */
class FunctionEffectsTest {
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
}
