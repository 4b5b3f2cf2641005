package dev.reprise;

import org.junit.jupiter.api.Test;

/** Products grow by the columns or rows that are missing. */
class ProductExtensionTest {
  private static final String REWRITE = "product-extension";

  @Test
  void aProjectionGrowsByItsMissingColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X %*% E[, 1:20]
        print(sum(P))
        R = X %*% E[, 1:50]
        """);
  }

  @Test
  void columnsMayBeMissingInFront() {
    PartialRuns.fires(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X %*% E[, 21:60]
        print(sum(P))
        R = X %*% E[, 5:60]
        """);
  }

  @Test
  void rowsGrowBelow() {
    PartialRuns.fires(
        REWRITE,
        """
        P = X[1:1000, ] %*% Y
        print(sum(P))
        R = X[1:1900, ] %*% Y
        """);
  }

  @Test
  void rowsOfATransposedProductGrow() {
    PartialRuns.fires(
        REWRITE,
        """
        Z = rand(rows=2000, cols=60, seed=8)
        P = t(X[, 1:30]) %*% Z
        print(sum(P))
        R = t(X[, 1:50]) %*% Z
        """);
  }

  @Test
  void aProductThatSharesNoEndDoesNotHelp() {
    PartialRuns.declines(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X %*% E[, 10:20]
        print(sum(P))
        R = X %*% E[, 1:50]
        """);
  }

  @Test
  void theFirstColumnsAreNotTheLastOfAll() {
    PartialRuns.same(
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X[1:1000, ] %*% E[, 1:59]
        print(sum(P))
        R = X[1:1000, ] %*% E
        """);
  }

  @Test
  void theFirstRowsAreNotTheLastOfAll() {
    PartialRuns.same(
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X[1:1999, ] %*% E[, 1:40]
        print(sum(P))
        R = X %*% E[, 1:40]
        """);
  }

  @Test
  void allColumnsGrowByTheLast() {
    PartialRuns.fires(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X[1:1000, ] %*% E[, 1:50]
        print(sum(P))
        R = X[1:1000, ] %*% E
        """);
  }

  @Test
  void projectionsGrowStepByStep() {
    PartialRuns.same(
        """
        E = rand(rows=60, cols=60, seed=9)
        R = matrix(0, 0, 60)
        for (k in 1:6) {
          P = X %*% E[, 1:(10 * k)]
          G = t(P) %*% P
          R = rbind(R, cbind(colSums(G), matrix(0, 1, 60 - 10 * k)))
        }
        """);
  }
}
