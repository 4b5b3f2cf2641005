package dev.reprise;

import org.junit.jupiter.api.Test;

/** Appended rows, and appended columns of a transposed left operand. */
class ProductOfBoundRowsTest {
  private static final String REWRITE = "product-of-bound-rows";

  @Test
  void appendedRowsAreMultipliedAlone() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = rbind(X, N) %*% Y
        """);
  }

  @Test
  void rowsMayBeAppendedInFront() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = rbind(N, X) %*% Y
        """);
  }

  @Test
  void rowsMayBeAppendedAgainAndAgain() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        A = rbind(X, N)
        B = rbind(A, N + 1, N + 2)
        R = B %*% Y
        """);
  }

  @Test
  void appendedColumnsOfATransposedOperand() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% y
        print(sum(G))
        R = t(cbind(X, D)) %*% y
        """);
  }

  @Test
  void anInterceptBecomesASum() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% y
        print(sum(G))
        R = t(cbind(X, matrix(1, 2000, 1))) %*% y
        """);
  }

  @Test
  void rowsOfATransposedOperandAreInner() {
    PartialRuns.declines(
        REWRITE,
        """
        G = X %*% Y
        print(sum(G))
        R = t(rbind(X, N)) %*% rbind(y, N[, 1])
        """);
  }
}
