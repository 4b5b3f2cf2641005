package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScriptTest {

  @Test
  void scalarArithmeticPrintsItsResult() {
    assertThat(Scripts.output("x = 3\ny = x * 2 + 1.5\nprint(\"y = \" + y)"))
        .isEqualTo("y = 7.5\n");
  }

  @Test
  void functionsTakeDefaultsAndNamedArguments() {
    String script =
        """
        f = function(Double a, Double b = a * 2) return (Double c, Double d) { c = a + b; d = a - b }
        [x, y] = f(b=1, a=5)
        z = f(3)
        print(x + " " + y + " " + z)
        """;
    assertThat(Scripts.output(script)).isEqualTo("6.0 4.0 9.0\n");
  }

  @Test
  void parforMergesResultsAndPrintsInIterationOrder() {
    String script =
        """
        R = matrix(0, 1, 6)
        parfor (i in 1:6, par=3) { R[1, i] = i * i; print(i) }
        print(toString(R))
        """;
    assertThat(Scripts.output(script))
        .isEqualTo("1\n2\n3\n4\n5\n6\n1.000 4.000 9.000 16.000 25.000 36.000\n\n");
  }

  @Test
  void nestedParforMergesIntoTheOuterResult() {
    String script =
        """
        R = matrix(0, 3, 4)
        parfor (i in 1:3) { parfor (j in 1:4) { R[i, j] = 10 * i + j } }
        print(sum(R) + " " + as.scalar(R[3, 4]))
        """;
    assertThat(Scripts.output(script)).isEqualTo("270.0 34.0\n");
  }

  @Test
  void secondUseOfAProductIsAHit() {
    String script =
        """
        X = rand(rows=500, cols=40, seed=1)
        A = t(X) %*% X
        for (i in 1:1) { B = t(X) %*% X }
        print(sum(A - B))
        """;
    Scripts.Outcome outcome = Scripts.run(script);
    assertThat(outcome.output()).isEqualTo("0.0\n");
    assertThat(outcome.statistics().of("tsmm").hits()).isEqualTo(1);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
    assertThat(outcome.liveBuffers()).isZero();
  }

  @Test
  void eightWorkersComputeACommonProductOnce() {
    String script =
        """
        X = rand(rows=2000, cols=60, seed=1)
        R = matrix(0, 8, 1)
        parfor (i in 1:8, par=8) { A = t(X) %*% X; R[i, 1] = sum(A) * i }
        print(sum(R) / as.scalar(R[1, 1]))
        """;
    Scripts.Outcome outcome = Scripts.run(script);
    assertThat(outcome.output()).isEqualTo("36.0\n");
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(1);
    assertThat(outcome.statistics().of("tsmm").hits() + outcome.statistics().of("tsmm").waits())
        .isEqualTo(7);
    assertThat(outcome.liveBuffers()).isZero();
  }

  @Test
  void leftIndexingInALoopWritesInPlace() {
    String script =
        """
        R = matrix(0, 1000, 1)
        for (i in 1:1000) { R[i, 1] = i }
        print(sum(R))
        """;
    assertThat(Scripts.output(script)).isEqualTo("500500.0\n");
  }

  @Test
  void anEarlierLineFailsBeforeALaterLinePrints() {
    String script =
        """
        A = matrix(0, 3, 3)
        b = matrix(1, 3, 1)
        x = 1
        y = 2
        z = solve(A, b)
        u = 3
        v = 4
        w = 5
        print("line nine")
        """;
    ScriptException failure = Scripts.failure(Scripts.config(), script);
    assertThat(failure.position().line()).isEqualTo(5);
    assertThat(failure.getMessage()).contains("singular");
  }

  @Test
  void endlessRecursionIsOneClearError() {
    ScriptException failure =
        Scripts.failure(
            Scripts.config(),
            """
            f = function(Integer n) return (Integer m) { m = g(n + 1) }
            g = function(Integer n) return (Integer m) { m = f(n + 1) }
            x = f(1)
            print(x)
            """);
    assertThat(failure.getMessage()).contains("nested").contains("recursion");
  }

  @Test
  void absurdAllocationIsAResourceError() {
    ScriptException failure =
        Scripts.failure(Scripts.config(), "X = matrix(1, 10000000, 10000000)\nprint(sum(X))");
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.position().line()).isEqualTo(1);
  }

  @Test
  void stopInsideParforEndsTheProgram() {
    ScriptException failure =
        Scripts.failure(
            Scripts.config(),
            """
            R = matrix(0, 100, 1)
            parfor (i in 1:100, par=4) { if (i == 3) { stop("enough") } R[i, 1] = i }
            print(sum(R))
            """);
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.STOP);
    assertThat(failure.detail()).isEqualTo("enough");
  }

  @Test
  void anIndexComputedFromTheLoopVariableFindsTheValueAgain() {
    String script =
        """
        X = rand(rows=400, cols=30, seed=1)
        R = matrix(0, 12, 1)
        parfor (i in 1:12, par=2) {
          set = (i - 1) %/% 4 + 1
          S = X[, ((set - 1) * 10 + 1):(set * 10)]
          R[i, 1] = sum(t(S) %*% S)
        }
        print(sum(R))
        """;
    Scripts.Outcome outcome = Scripts.run(script);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(3);
  }

  @Test
  void aScalarLoopGrowsNoTrace() {
    String script =
        """
        s = 0
        for (i in 1:1000) { s = s + i * 2 }
        print(lineage(s))
        """;
    assertThat(Scripts.output(script)).contains("1001000").doesNotContain("+");
  }

  @Test
  void aListOfScalarsBecomesAColumn() {
    assertThat(Scripts.output("print(toString(as.matrix(list(1, 2.5, 3))))"))
        .isEqualTo("1.000\n2.500\n3.000\n\n");
  }
}
