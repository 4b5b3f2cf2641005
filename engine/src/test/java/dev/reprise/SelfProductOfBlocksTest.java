package dev.reprise;

import org.junit.jupiter.api.Test;

/** Self products of appended columns in blocks. */
class SelfProductOfBlocksTest {
  private static final String REWRITE = "self-product-of-blocks";

  @Test
  void appendedColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(X, D)
        R = t(A) %*% A
        """);
  }

  @Test
  void aSingleColumn() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(X, y)
        R = t(A) %*% A
        """);
  }

  @Test
  void anIntercept() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(X, matrix(1, 2000, 1))
        R = t(A) %*% A
        """);
  }

  @Test
  void anInterceptOfAnotherNumberInFront() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(matrix(-3, 2000, 1), X)
        R = t(A) %*% A
        """);
  }

  @Test
  void nestedAppends() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(cbind(X, D), y)
        R = t(A) %*% A
        """);
  }

  @Test
  void fourParts() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(D, X, y, matrix(1, 2000, 1))
        R = t(A) %*% A
        """);
  }

  @Test
  void appendedRowsOfARightSelfProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        W = rand(rows=60, cols=2000, seed=8)
        G = W %*% t(W)
        print(sum(G))
        A = rbind(W, t(D))
        R = A %*% t(A)
        """);
  }

  @Test
  void foldsWithAnIntercept() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(rbind(X, N), matrix(1, 2090, 1))
        R = t(A) %*% A
        """);
  }

  @Test
  void aMatrixThatHasBeenPutTogether() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = cbind(X, y)
        print(sum(A[1, ]) + sum(A^3))
        R = t(A) %*% A
        """);
  }

  @Test
  void aMatrixInOnePieceIsMultipliedAsAWholeWhenNoPartIsThere() {
    PartialRuns.declines(
        REWRITE,
        """
        A = cbind(X, X + 1)
        print(as.scalar(A[1, 1]))
        R = t(A) %*% A
        """);
  }
}
