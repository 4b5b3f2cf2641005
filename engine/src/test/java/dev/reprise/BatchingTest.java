package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Products with column after column become one product with the matrix of all of them. */
class BatchingTest {
  private static final String COLUMNS =
      """
      E = rand(rows=2000, cols=64, min=-1, max=1, seed=6)
      R = matrix(0, 60, 64)
      for (i in 1:64) { R[, i] = t(X) %*% E[, i] }
      """;

  @Test
  void columnsOfOneMatrixAreMultipliedTogetherOnceEnoughWasPaid() {
    RunStatistics statistics = PartialRuns.fires("batching", COLUMNS);
    assertThat(statistics.partialHits("batching")).isEqualTo(1);
    assertThat(statistics.partialHits("projection")).isGreaterThan(50);
    assertThat(statistics.of("matmul").executed()).isLessThan(12);
  }

  @Test
  void appendedColumnsAreBatchedWithinTheBlocks() {
    RunStatistics statistics =
        PartialRuns.fires(
            "self-product-of-blocks",
            """
            E = rand(rows=2000, cols=64, min=-1, max=1, seed=6)
            R = matrix(0, 61, 61)
            for (i in 1:64) {
              A = cbind(X, E[, i])
              R = R + (i %% 5) * (t(A) %*% A)
            }
            """);
    assertThat(statistics.of("matmul").executed()).isLessThan(12);
    assertThat(statistics.of("cbind").nanos()).describedAs("no bind was copied").isZero();
  }

  @Test
  void aFewColumnsAreNotWorthTheWhole() {
    PartialRuns.declines(
        "batching",
        """
        E = rand(rows=2000, cols=64, min=-1, max=1, seed=6)
        R = cbind(t(X) %*% E[, 1], t(X) %*% E[, 2])
        """);
  }

  @Test
  void columnsOfANarrowMatrixAreNotBatched() {
    PartialRuns.declines(
        "batching",
        """
        R = matrix(0, 60, 3)
        for (k in 1:5) { for (i in 1:3) { R[, i] = R[, i] + t(X + k) %*% D[, i] } }
        """);
  }

  @Test
  void aMatrixThatIsWrittenIntoBetweenItsProductsKeepsItsValues() {
    PartialRuns.same(
        """
        E = rand(rows=2000, cols=64, min=-1, max=1, seed=6)
        E[1, 1] = 2
        R = matrix(0, 60, 64)
        for (i in 1:64) {
          R[, i] = t(X) %*% E[, i]
          if (i %% 20 == 0) { E[5, i + 1] = 100; E[6, i + 2] = -100 }
        }
        """);
  }

  @Test
  void aMatrixThatTheCacheDidNotHaveIsKeptForItsColumns() {
    RunStatistics statistics =
        PartialRuns.fires(
            "batching",
            """
            E = rand(rows=2000, cols=64, min=-1, max=1, seed=6)
            E[1, 1] = 2
            R = matrix(0, 60, 64)
            for (i in 1:64) { R[, i] = t(X) %*% E[, i] }
            """);
    assertThat(statistics.of("matmul").executed()).isLessThan(20);
  }

  @Test
  void aWholeThatNobodyHoldsAnyMoreIsNotBought() {
    PartialRuns.same(
        """
        R = matrix(0, 60, 64)
        for (i in 1:64) {
          E = rand(rows=2000, cols=64, min=-1, max=1, seed=i)
          R[, i] = t(X) %*% E[, i]
        }
        """);
  }
}
