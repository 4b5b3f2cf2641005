package dev.reprise;

import org.junit.jupiter.api.Test;

/** Self products of appended rows add up. */
class SelfProductOfInnerTest {
  private static final String REWRITE = "self-product-of-inner";

  @Test
  void appendedRowsAreAdded() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = rbind(X, N)
        R = t(A) %*% A
        """);
  }

  @Test
  void anyNumberOfParts() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = rbind(N, X, N + 1, N + 2)
        R = t(A) %*% A
        """);
  }

  @Test
  void appendedColumnsOfARightSelfProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        Z = rand(rows=90, cols=2000, seed=8)
        G = N %*% t(N)
        print(sum(G))
        A = cbind(N, Z)
        R = A %*% t(A)
        """);
  }

  @Test
  void foldsOfAListKeepTheirProducts() {
    PartialRuns.fires(
        REWRITE,
        """
        L = list(X, X + 1, X + 2, X + 3)
        R = matrix(0, 60, 60)
        for (f in 1:4) {
          [train, test] = remove(L, f)
          A = rbind(train)
          R = R + f * (t(A) %*% A)
        }
        """);
  }
}
