package dev.reprise;

import org.junit.jupiter.api.Test;

/** Appended columns of the right operand. */
class ProductOfBoundColumnsTest {
  private static final String REWRITE = "product-of-bound-columns";

  @Test
  void appendedColumnsAreMultipliedAlone() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = X %*% cbind(Y, Y[, 1] * 2, matrix(0.5, 60, 40))
        """);
  }

  @Test
  void aColumnOfOnesBecomesRowSums() {
    PartialRuns.fires(
        REWRITE,
        """
        Y2 = rand(rows=60, cols=120, seed=8)
        XY = X %*% Y2
        print(sum(XY))
        R = X %*% cbind(Y2, matrix(1, 60, 1))
        """);
  }

  @Test
  void appendedRowsOfATransposedRightOperand() {
    PartialRuns.fires(
        REWRITE,
        """
        G = X %*% t(N)
        print(sum(G))
        R = X %*% t(rbind(N, N[1:5, ] * 3))
        """);
  }

  @Test
  void bothOperandsMayBeAppended() {
    PartialRuns.fires(
        "product-of-bound-rows",
        """
        Y2 = rand(rows=60, cols=120, seed=8)
        XY = X %*% Y2
        print(sum(XY))
        R = rbind(X, N) %*% cbind(Y2, matrix(1, 60, 1))
        """);
  }
}
