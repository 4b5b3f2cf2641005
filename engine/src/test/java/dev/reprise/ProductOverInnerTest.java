package dev.reprise;

import org.junit.jupiter.api.Test;

/** Products over appended inner dimensions are sums. */
class ProductOverInnerTest {
  private static final String REWRITE = "product-over-inner";

  @Test
  void foldsAddUp() {
    PartialRuns.fires(
        REWRITE,
        """
        Z = rand(rows=90, cols=1, seed=8)
        G = t(X) %*% y
        print(sum(G))
        R = t(rbind(X, N)) %*% rbind(y, Z)
        """);
  }

  @Test
  void anInterceptIsAddedAndNothingIsCopied() {
    PartialRuns.fires(
        REWRITE,
        """
        R = cbind(X, matrix(1, 2000, 1)) %*% matrix(seq(1, 61), 61, 1)
        """);
  }

  @Test
  void severalResponses() {
    PartialRuns.fires(
        REWRITE,
        """
        R = cbind(X, matrix(2, 2000, 1)) %*% matrix(seq(1, 122), 61, 2)
        """);
  }

  @Test
  void appendedColumnsTimesCutRows() {
    PartialRuns.fires(
        REWRITE,
        """
        w = matrix(seq(1, 63), 63, 1)
        R = cbind(X, D) %*% w
        """);
  }

  @Test
  void differentSplitsDoNotMatch() {
    PartialRuns.declines(
        REWRITE,
        """
        A = rbind(N[, 1:3], D)
        R = t(rbind(X, N)) %*% A
        """);
  }
}
