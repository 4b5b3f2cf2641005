package dev.reprise;

import org.junit.jupiter.api.Test;

/** Products with a column of equal numbers are sums. */
class ConstantFactorTest {
  private static final String REWRITE = "constant-factor";

  @Test
  void columnSumsThatAreThereAnswerTheProductWithOnes() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = t(X) %*% matrix(1, 2000, 1)
        """);
  }

  @Test
  void theConstantMayBeAnyNumber() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = t(X) %*% matrix(-2.5, 2000, 1)
        """);
  }

  @Test
  void theConstantMayStandOnTheLeft() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = t(matrix(3, 2000, 1)) %*% X
        """);
  }

  @Test
  void rowSumsAnswerThePlainProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        s = rowSums(X)
        print(sum(s))
        R = X %*% matrix(2, 60, 1)
        """);
  }

  @Test
  void anInfiniteOrZeroFactorIsMultipliedCellByCell() {
    PartialRuns.declines(
        REWRITE,
        """
        s = rowSums(X)
        print(sum(s))
        R = X %*% matrix(1 / 0, 60, 1)
        """);
    PartialRuns.declines(
        REWRITE,
        """
        s = rowSums(X)
        print(sum(s))
        R = X %*% matrix(0, 60, 1)
        """);
  }

  @Test
  void whatCancelsIsNotNegative() {
    PartialRuns.fires(
        REWRITE,
        """
        Z = X - X
        s = rowSums(Z)
        print(sum(s))
        R = 1 / (Z %*% matrix(-2, 60, 1))
        """);
  }

  @Test
  void byItselfAProductIsExecuted() {
    PartialRuns.declines(
        REWRITE,
        """
        R = t(X) %*% matrix(1, 2000, 1)
        """);
  }

  @Test
  void severalConstantColumnsAreAProduct() {
    PartialRuns.declines(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = t(X) %*% matrix(1, 2000, 2)
        """);
  }
}
