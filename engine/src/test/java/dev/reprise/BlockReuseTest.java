package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.Scripts.Outcome;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of loops and branches are found again, whatever stands between them. */
class BlockReuseTest {
  private static final String DATA =
      """
      X = rand(rows=2000, cols=50, seed=1)
      y = X %*% matrix(1, 50, 1) + rand(rows=2000, cols=1, seed=2)
      """;

  private static final String TRAIN =
      """
      A = t(X) %*% X + diag(matrix(i, 50, 1))
      b = t(X) %*% y
      w = solve(A, b)
      e = sum((y - X %*% w)^2)
      """;

  private static Outcome assertBlocks(String script, long hits, long misses) {
    Outcome outcome = Calls.run(script);
    LevelStatistics blocks = outcome.statistics().blocks();
    assertThat(blocks.hits()).as("hits").isEqualTo(hits);
    assertThat(blocks.misses()).as("misses").isEqualTo(misses);
    return outcome;
  }

  @Test
  void whatLiesBetweenEffectsOfAnIterationIsFound() {
    Outcome outcome =
        assertBlocks(
            DATA + "for (r in 1:3) { for (i in 1:4) {\n" + TRAIN + "print(r + \": \" + e) } }",
            8,
            4);
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(4);
    assertThat(outcome.statistics().of("solve").hits()).isZero();
  }

  @Test
  void aVariableThatIsOnlySometimesWrittenGetsItsValueAlsoWhereItHadTheSameBefore() {
    assertBlocks(
        """
        y = matrix(seq(1, 90000), 300, 300) / 90000
        x = y
        for (i in 1:4) {
          A = y %*% y
          if (sum(A) > 0) { x = y }
          print(sum(x))
          x = y + i
        }
        """,
        3, 1);
  }

  @Test
  void aVariableThatThePathDidNotTouchKeepsWhatItHas() {
    assertBlocks(
        """
        y = matrix(seq(1, 90000), 300, 300) / 90000
        x = y
        for (i in 1:4) {
          A = y %*% y
          if (sum(A) < 0) { x = y }
          print(sum(x))
          x = y + i
        }
        """,
        3, 1);
  }

  /** An execution that left it without a value said that it clears it. */
  @Test
  void aVariableThatOnlyLaterExecutionsBeginWithKeepsWhatItHas() {
    assertBlocks(
        """
        y = matrix(seq(1, 90000), 300, 300) / 90000
        for (i in 1:4) {
          A = y %*% y
          if (sum(A) < 0) { x = y }
          print(i)
          if (i > 1) { print(sum(x)) }
          x = y + i
        }
        """,
        2, 2);
  }

  @Test
  void theIndexOfAnAssignmentDoesNotTieTheBlockBeforeIt() {
    assertBlocks(
        DATA
            + "R = matrix(0, 12, 1)\n"
            + "for (r in 1:3) { for (i in 1:4) {\n"
            + TRAIN
            + "R[(r - 1) * 4 + i, 1] = e } }\n"
            + "print(toString(R))",
        8,
        4);
  }

  @Test
  void aBlockThatPrintsIsExecutedEachTime() {
    Outcome outcome =
        Calls.run(
            DATA
                + "for (r in 1:3) { if (r > 0) {\n"
                + "i = 2\n"
                + TRAIN
                + "} ; if (r > 1) { print(e) } }");
    assertThat(outcome.output()).hasLineCount(2);
    assertThat(outcome.statistics().blocks().hits()).isEqualTo(2);
  }

  @Test
  void variablesThatABlockKeepsClearsOrLeavesAreAsAfterItsExecution() {
    assertBlocks(
        DATA
            + """
            kept = 7
            for (r in 1:4) {
              old = X
              if (r %% 2 == 0) {
                part = X[1:1000, ]
                swap = part
                kept = sum(t(part) %*% part)
                L = list(swap, kept, "text")
              } else {
                part = X[1001:2000, ]
                swap = X
                t = sum(t(part) %*% part)
                L = list(part, t)
              }
              print(kept + sum(swap) + sum(part) + length(L) + sum(as.matrix(L[1])) + sum(old))
              swap[1, 1] = r
              print(sum(swap) + sum(X))
            }
            """,
        2,
        // Two of each branch, and four of the whole, which depends on r.
        6);
  }

  @Test
  void aWhileLoopThatIsRepeatedIsFoundIterationByIteration() {
    Outcome outcome =
        Calls.run(
            DATA
                + """
                for (r in 1:3) {
                  w = matrix(0, 50, 1)
                  k = 0
                  while (k < 5) {
                    g = t(X) %*% (X %*% w - y)
                    w = w - 0.0001 * g
                    k = k + 1
                    s = sum(t(X) %*% (X * w[1, 1]))
                  }
                  print(r + " " + sum(w) + " " + s)
                }
                """);
    LevelStatistics blocks = outcome.statistics().blocks();
    // The whole loop counts as a block of the outer one: 2 hits; else 10 iterations.
    assertThat(blocks.hits()).isEqualTo(2);
    assertThat(blocks.misses()).isEqualTo(5 + 1);
  }

  @Test
  void branchesThatNoExecutionTookAreNotMistakenForOneAnother() {
    assertBlocks(
        DATA
            + """
            for (r in 1:4) {
              i = 2
              if (r > 2) { i = 3 }
              print(i)
              A = t(X) %*% X + i
              if (i == 3) { A = A * 2 }
              s = sum(A %*% A)
              print(s)
            }
            """,
        2,
        2);
  }

  @Test
  void seedsOfTheSystemAreDrawnAsWithoutReuse() {
    Calls.run(
        DATA
            + """
            for (r in 1:3) {
              A = t(X) %*% X
              B = A %*% A + sum(A)
              s = sum(B)
              parfor (k in 1:2) { u = sum(B) + k }
              print(s + sum(rand(rows=3, cols=3)))
            }
            print(sum(rand(rows=3, cols=3)))
            """);
    assertBlocks(
        DATA
            + """
            for (r in 1:3) {
              A = t(X) %*% X
              B = A %*% rand(rows=50, cols=50)
              C = rand(rows=50, cols=50, seed=3)
              s = sum(B %*% C)
              print(s)
            }
            """,
        0,
        0);
  }

  @Test
  void aFunctionThatPrintsReusesWhatItComputesInBetween() {
    Outcome outcome =
        assertBlocks(
            DATA
                + "f = function(Matrix[Double] X, Matrix[Double] y, Double i) return (Double e) {\n"
                + TRAIN
                + "print(e) }\n"
                + "for (r in 1:3) { e = f(X, y, 2) }",
            2,
            1);
    assertThat(outcome.output()).hasLineCount(3);
    assertThat(outcome.statistics().functions().hits()).isZero();
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(1);
  }

  @Test
  void definitionsOfAFunctionCalledInABlockAreCompared() throws Exception {
    try (Session session = Reprise.session(Scripts.config());
        Workspace workspace = session.workspace()) {
      workspace.run("1", DATA);
      workspace.run("2", "g = function(Double s) return (Double r) { r = s + 1 }");
      String loop = "for (k in 1:2) { A = t(X) %*% X; B = A %*% A; s = g(sum(B)) }";
      assertThat(workspace.run("3", loop).statistics().blocks().hits()).isEqualTo(1);
      assertThat(workspace.run("4", loop + "\na = s").statistics().blocks().hits()).isEqualTo(2);
      workspace.run("5", "g = function(Double s) return (Double r) { r = s + 2 }");
      assertThat(workspace.run("6", loop).statistics().blocks().hits()).isEqualTo(1);
      workspace.run("7", "assert(abs(s - a - 1) < 1e-6)");
    }
  }

  @RepeatedTest(30)
  void workersFindEachOthersBlocksAndResultsOfTheLoopAreNoted() {
    Outcome outcome =
        Scripts.run(
            DATA
                + "R = matrix(0, 16, 1)\ntotal = 0.0\n"
                + "parfor (p in 1:16, par=8) { for (k in 1:2) { i = p %% 4 + k\n"
                + TRAIN
                + "}\n R[p, 1] = e\n total += e }\n"
                + "S = matrix(0, 16, 1)\n"
                + "for (p in 1:16) { for (k in 1:2) { i = p %% 4 + k\n"
                + TRAIN
                + "}\n S[p, 1] = e }\n"
                + "print(sum(R == S) + \" \" + (total == sum(S)))");
    assertThat(outcome.output()).startsWith("16.0 ");
    assertThat(outcome.statistics().of("solve").executed()).isEqualTo(5);
    assertThat(outcome.statistics().blocks().hits()).isPositive();
    assertThat(outcome.liveBuffers()).isZero();
  }

  @Test
  void lineageIsThatOfTheExecutedBlocks() {
    String script =
        DATA + "for (r in 1:2) { for (i in 1:2) {\n" + TRAIN + "u = w * e\nprint(lineage(u)) } }";
    Outcome traced = Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), script);
    Outcome reused = Scripts.run(script);
    assertThat(reused.statistics().blocks().hits()).isPositive();
    assertThat(reused.output()).isEqualTo(traced.output());
  }

  /** What loops carry is marked, and so is what a block may write: neither hides the other. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (w < 0) M = N",
        "for (i in 1:2) { if (i > 5) M = N }",
        "for (i in 1:100) { if (i > 500) M = N\n w = w - i }",
        "for (i in 1:2) { while (w < 0) M = N }"
      })
  void aVariableThatALoopInABlockLeavesAloneIsWhatItWas(String loop) {
    String block = "if (sum(N) > 1) {\n" + loop + "\n}\n";
    String script =
        """
        N = rand(rows=200, cols=200, seed=7)
        w = 0
        M = N + 1
        %1$sprint(sum(M %%*%% M))
        w = 0
        M = N + 2
        %1$sprint(sum(M %%*%% M))
        """
            .formatted(block);
    Calls.run(script);
    String traced = script + "print(lineage(M))\n";
    assertThat(Scripts.output(traced))
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.TRACE), traced).output());
  }
}
