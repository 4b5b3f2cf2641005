package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Matrices that keep their parts, wherever a script may take them. */
class BoundPartsTest {

  private static RunStatistics run(String script) {
    return PartialRuns.same(script);
  }

  @Test
  void aMatrixThatIsOnlyMultipliedIsNeverCopied() {
    RunStatistics statistics =
        run(
            """
            A = cbind(X, matrix(1, 2000, 1))
            q = A %*% matrix(seq(1, 61), 61, 1)
            print(sum(q))
            R = t(A) %*% q
            """);
    assertThat(statistics.of("cbind").nanos()).isZero();
    assertThat(statistics.of("matmul").executed()).isEqualTo(2);
  }

  @Test
  void writingIntoABoundMatrixLeavesItsPartsAlone() {
    run(
        """
        A = cbind(X, D)
        B = A
        A[3, 61] = 100
        A[4, 1] = -100
        R = rbind(colSums(A), colSums(B), cbind(colSums(X), colSums(D)))
        """);
  }

  @Test
  void partsOutliveTheirVariables() {
    run(
        """
        Z = X + 1
        A = cbind(Z, D)
        Z = 0
        D = 0
        R = A[, 50:63] * 2
        """);
  }

  @Test
  void growingMatricesAreJoinedNowAndThen() {
    run(
        """
        R = X
        for (i in 1:40) { R = cbind(R, y * i) }
        """);
    run(
        """
        R = N
        for (i in 1:40) { R = rbind(R, N[i, ] + i); if (i %% 7 == 0) { R = cbind(R[, 1:59], R[, 60]) } }
        """);
  }

  @Test
  void aMatrixJoinedWithAnotherColumnOrRowEachTimeIsNotMultipliedAnew() {
    RunStatistics columns =
        run(
            """
            for (i in 1:400) { A = cbind(X, y * i); R = t(A) %*% A }
            """);
    assertThat(columns.partialHits()).isGreaterThan(395);
    RunStatistics rows =
        run(
            """
            for (i in 1:400) { A = rbind(X, N[i %% 50 + 1, ] * i); R = t(A) %*% A }
            """);
    assertThat(rows.partialHits()).isGreaterThan(395);
  }

  @Test
  void aMatrixThatGrowsInALongLoopIsMultipliedFromItsPartsAllTheTime() {
    RunStatistics statistics =
        run(
            """
            v = y[1:500, ]
            A = X[1:500, 1:2]
            for (i in 1:350) { A = cbind(A, v * i); R = t(A) %*% v }
            """);
    // One of 33 joins has too many parts to be put off, and its product is computed.
    assertThat(statistics.partialHits()).isGreaterThan(320);
  }

  @Test
  void selfProductsOfManyBindsWithinBindsAreMadeOfBlocks() {
    RunStatistics statistics =
        run(
            """
            G = t(X) %*% X
            print(sum(G))
            A = X
            for (i in 1:24) {
              A = cbind(A, D * i)
              B = cbind(A, matrix(1, 2000, 1))
              R = t(B) %*% B
            }
            """);
    assertThat(statistics.partialHits("self-product-of-blocks")).isEqualTo(24);
  }

  @Test
  void selfProductsOfProductsThatGrowAreMadeOfBlocks() {
    String script =
        PartialRuns.DATA
            + """
            Z = rand(rows=30000, cols=60, min=-1, max=1, seed=6)
            for (i in 1:13) {
              A = cbind(Z %*% Y[, 1:(3 * i)], matrix(1, 30000, 1))
              R = t(A) %*% A
            }
            """;
    SessionConfig config = Scripts.config();
    PartialRuns.Outcome outcome = PartialRuns.run(config.withReuse(ReuseMode.PARTIAL), script, 1);
    PartialRuns.assertSame(
        PartialRuns.run(config.withReuse(ReuseMode.NONE), script, 1).result(), outcome.result());
    assertThat(outcome.statistics().partialHits("self-product-of-blocks"))
        .isGreaterThanOrEqualTo(12);
  }

  @Test
  void aMatrixThatWasCopiedIntoALargerOneIsPutTogetherForTheNext() {
    RunStatistics statistics =
        run(
            """
            S = D
            for (i in 1:15) { S = cbind(S, D * i) }
            w = matrix(seq(1, 49), 49, 1)
            for (i in 1:9) { Z = cbind(S, y * i); R = Z %*% (w * i) }
            """);
    assertThat(statistics.partialHits("product-over-inner")).isGreaterThanOrEqualTo(8);
  }

  @Test
  void joinsWhosePartsNobodyUsesAreAskedForAsASampleInTheEnd() {
    String script =
        PartialRuns.DATA
            + """
            S = X[1:500, ]
            v = y[1:500, ]
            for (i in 1:1000) { A = cbind(S, v * i); R = cumsum(A) }
            """;
    SessionConfig config = Scripts.config();
    PartialRuns.Outcome outcome = PartialRuns.run(config.withReuse(ReuseMode.PARTIAL), script, 1);
    PartialRuns.assertSame(
        PartialRuns.run(config.withReuse(ReuseMode.NONE), script, 1).result(), outcome.result());
    RunStatistics statistics = outcome.statistics();
    assertThat(statistics.of("cbind").misses()).isBetween(256L, 256 + 100L);
  }

  @Test
  void boundMatricesGoThroughFunctionsListsAndOutputs() {
    run(
        """
        f = function(Matrix[Double] A) return (Matrix[Double] B, Matrix[Double] C) {
          B = cbind(A, A[, 1])
          C = rbind(A, A)
        }
        [B, C] = f(X)
        L = list(B, C)
        [S, P] = f(as.matrix(L[1]))
        R = S
        """);
  }

  @Test
  void compressedPartsAreCopiedAtOnce() {
    run(
        """
        S = rand(rows=2000, cols=200, sparsity=0.01, seed=7)
        A = cbind(S, y)
        R = t(A) %*% cbind(y, D)
        """);
  }

  @Test
  void shapesThatDoNotFitAreReportedAsWithoutReuse() {
    String script = PartialRuns.DATA + "A = cbind(X, N)\nprint(sum(A))";
    assertThat(failure(ReuseMode.PARTIAL, script)).isEqualTo(failure(ReuseMode.NONE, script));
    script = PartialRuns.DATA + "A = cbind(X, y)\nB = t(A) %*% rbind(N, N)\nprint(sum(B))";
    assertThat(failure(ReuseMode.PARTIAL, script)).isEqualTo(failure(ReuseMode.NONE, script));
  }

  private static String failure(ReuseMode mode, String script) {
    ScriptException failure = Scripts.failure(Scripts.config().withReuse(mode), script);
    return failure.position() + " " + failure.getMessage();
  }

  @RepeatedTest(20)
  void workersShareOneBoundMatrixAndJoinItOnce() {
    String script =
        PartialRuns.DATA
            + """
            A = cbind(X, D)
            R = matrix(0, 8, 1)
            parfor (i in 1:8, par=8) { R[i, 1] = sum(cumsum(A) * (i %% 2 + 1)) }
            """;
    double[][] expected =
        PartialRuns.run(Scripts.config().withReuse(ReuseMode.NONE), script, 1).result();
    PartialRuns.assertSame(
        expected, PartialRuns.run(Scripts.config().withThreads(8), script, 1).result());
  }

  @RepeatedTest(20)
  void workersPutTheirFoldsTogetherFromSharedProducts() {
    String script =
        PartialRuns.DATA
            + """
            L = list(X, X + 1, X + 2, X + 3)
            R = matrix(0, 61, 8)
            parfor (i in 1:8, par=8) {
              [train, test] = remove(L, (i - 1) %% 4 + 1)
              A = cbind(rbind(train), matrix(1, 6000, 1))
              R[, i] = solve(t(A) %*% A + diag(matrix(i, 61, 1)), t(A) %*% rbind(y, y + 1, y))
            }
            """;
    double[][] expected =
        PartialRuns.run(Scripts.config().withReuse(ReuseMode.NONE), script, 1).result();
    PartialRuns.Outcome outcome =
        PartialRuns.run(Scripts.config().withThreads(8).withReuse(ReuseMode.PARTIAL), script, 1);
    PartialRuns.assertSame(expected, outcome.result());
    assertThat(outcome.statistics().partialHits("self-product-of-blocks")).isPositive();
  }
}
