package dev.reprise;

import static dev.reprise.Calls.DATA;
import static dev.reprise.Calls.TRAIN;
import static dev.reprise.Calls.assertCalls;
import static dev.reprise.Calls.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which functions, and which calls of them, are the same. */
class FunctionIdentityTest {
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
}
