package dev.reprise;

import org.junit.jupiter.api.Test;

/** Rectangles of cached results are cut out of them. */
class ProjectionTest {
  private static final String REWRITE = "projection";

  @Test
  void columnsOfAProductAreCutFromTheCachedOne() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = X %*% Y[, 3:9]
        """);
  }

  @Test
  void aSingleColumnIsCut() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = X %*% Y[, 7]
        """);
  }

  @Test
  void rowsOfAProductAreCut() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = X[5:1900, ] %*% Y
        """);
  }

  @Test
  void aTransposedLeftOperandGivesRows() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% D
        print(sum(G))
        R = t(X[, 10:50]) %*% D
        """);
  }

  @Test
  void aTransposedRightOperandGivesColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        G = N %*% t(X)
        print(sum(G))
        R = N %*% t(X[100:1500, ])
        """);
  }

  @Test
  void theSelfProductOfFirstColumnsIsACorner() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = X[, 1:40]
        R = t(A) %*% A
        """);
  }

  @Test
  void theSelfProductOfInnerColumnsIsABlock() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        A = X[, 11:40]
        R = t(A) %*% A
        """);
  }

  @Test
  void theRightSelfProductOfRowsIsABlock() {
    PartialRuns.fires(
        REWRITE,
        """
        G = N %*% t(N)
        print(sum(G))
        A = N[11:80, ]
        R = A %*% t(A)
        """);
  }

  @Test
  void productsOfColumnsWithTheWholeAreRowsOfTheSelfProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        R = t(X[, 11:40]) %*% X
        """);
  }

  @Test
  void productsOfColumnsWithOtherColumnsAreABlockOfTheSelfProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        R = t(X[, 1:30]) %*% X[, 31:60]
        """);
  }

  @Test
  void aNarrowerProjectionLiesInAWiderOne() {
    PartialRuns.fires(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X %*% E[, 1:50]
        print(sum(P))
        R = X %*% E[, 1:20]
        """);
  }

  @Test
  void theSelfProductOfANarrowerProjectionIsACorner() {
    PartialRuns.fires(
        REWRITE,
        """
        E = rand(rows=60, cols=60, seed=9)
        P = X %*% E[, 1:50]
        G = t(P) %*% P
        print(sum(G))
        Q = X %*% E[, 1:20]
        R = t(Q) %*% Q
        """);
  }

  @Test
  void columnSumsOfColumnsAreCut() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = colSums(X[, 2:59])
        """);
  }

  @Test
  void columnsOfColumnsAreColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        A = Y[, 5:30]
        B = A[, 3:9]
        R = X %*% B
        """);
  }

  @Test
  void nothingIsCutWhenTheWholeIsNotThere() {
    PartialRuns.declines(
        REWRITE,
        """
        R = X %*% Y[, 3:9]
        """);
  }

  @Test
  void rowsOfTheInnerDimensionAreNoRectangle() {
    PartialRuns.declines(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        R = X[, 3:9] %*% Y[3:9, ]
        """);
  }

  @Test
  void aBoundThatIsNoLiteralSaysNothing() {
    PartialRuns.declines(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        k = as.integer(sum(X) * 0 + 3)
        R = X %*% Y[, k:(k + 6)]
        """);
  }

  @Test
  void theColumnsOfAnotherMatrixAreOthers() {
    PartialRuns.declines(
        REWRITE,
        """
        XY = X %*% Y
        print(sum(XY))
        Z = Y + 1
        R = X %*% Z[, 3:9]
        """);
  }
}
