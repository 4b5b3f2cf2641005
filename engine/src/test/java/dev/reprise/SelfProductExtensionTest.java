package dev.reprise;

import org.junit.jupiter.api.Test;

/** Self products grow by blocks: regression on more principal components. */
class SelfProductExtensionTest {
  private static final String REWRITE = "self-product-extension";

  @Test
  void theSelfProductOfMoreComponentsGrows() {
    PartialRuns.fires(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X %*% E[, 1:40]
        G = t(P) %*% P
        print(sum(G))
        Q = X %*% E[, 1:44]
        R = t(Q) %*% Q
        """);
  }

  @Test
  void theSelfProductOfMoreColumnsGrows() {
    PartialRuns.fires(
        REWRITE,
        """
        A = X[, 1:50]
        G = t(A) %*% A
        print(sum(G))
        B = X[, 1:55]
        R = t(B) %*% B
        """);
  }

  @Test
  void columnsThatBeginElsewhereDoNotHelp() {
    PartialRuns.declines(
        REWRITE,
        """
        A = X[, 2:50]
        G = t(A) %*% A
        print(sum(G))
        B = X[, 1:55]
        R = t(B) %*% B
        """);
  }

  @Test
  void aBlockBesideTheDiagonalDoesNotHelp() {
    PartialRuns.declines(
        REWRITE,
        """
        G = t(X[, 1:25]) %*% X[, 26:50]
        print(sum(G))
        B = X[, 1:55]
        R = t(B) %*% B
        """);
  }

  @Test
  void aBlockThatIsNotSquareDoesNotHelp() {
    PartialRuns.declines(
        REWRITE,
        """
        G = t(X[, 1:25]) %*% X[, 1:50]
        H = t(X[, 1:30]) %*% X
        print(sum(G) + sum(H))
        B = X[, 1:55]
        R = t(B) %*% B
        """);
  }

  @Test
  void aBlockOfRowsDoesNotHelp() {
    PartialRuns.declines(
        REWRITE,
        """
        G = X[1:200, ] %*% t(X[201:400, ])
        print(sum(G))
        B = X[1:410, ]
        R = B %*% t(B)
        """);
  }

  @Test
  void regressionOnMoreAndMoreComponentsWithIntercept() {
    PartialRuns.same(
        """
        E = rand(rows=60, cols=60, seed=9)
        R = matrix(0, 0, 1)
        for (k in 1:5) {
          P = cbind(X %*% E[, 1:(9 * k)], matrix(1, 2000, 1))
          B = solve(t(P) %*% P, t(P) %*% y)
          R = rbind(R, B)
        }
        """);
  }
}
