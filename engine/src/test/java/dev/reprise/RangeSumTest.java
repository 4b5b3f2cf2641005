package dev.reprise;

import org.junit.jupiter.api.Test;

/** Products over more rows grow by the rows that are missing. */
class RangeSumTest {
  private static final String REWRITE = "range-sum";

  @Test
  void theSelfProductOfMoreRowsGrows() {
    PartialRuns.fires(
        REWRITE,
        """
        A = X[1:1200, ]
        G = t(A) %*% A
        print(sum(G))
        B = X[1:1500, ]
        R = t(B) %*% B
        """);
  }

  @Test
  void rowsMayBeMissingInFront() {
    PartialRuns.fires(
        REWRITE,
        """
        A = X[801:2000, ]
        G = t(A) %*% A
        print(sum(G))
        B = X[501:2000, ]
        R = t(B) %*% B
        """);
  }

  @Test
  void productsOfEqualRangesGrow() {
    PartialRuns.fires(
        REWRITE,
        """
        Z = rand(rows=2000, cols=30, seed=8)
        A = X[1:1200, ]
        G = t(A) %*% Z[1:1200, ]
        print(sum(G))
        B = X[1:1500, ]
        R = t(B) %*% Z[1:1500, ]
        """);
  }

  @Test
  void productsOfDifferentRangesDoNot() {
    PartialRuns.declines(
        REWRITE,
        """
        Z = rand(rows=2000, cols=30, seed=8)
        A = X[1:1200, ]
        G = t(A) %*% Z[2:1201, ]
        print(sum(G))
        B = X[1:1500, ]
        R = t(B) %*% Z[2:1501, ]
        """);
  }

  @Test
  void fewerRowsAreNotSubtracted() {
    PartialRuns.declines(
        REWRITE,
        """
        A = X[1:1500, ]
        G = t(A) %*% A
        print(sum(G))
        B = X[1:1400, ]
        R = t(B) %*% B
        """);
  }
}
