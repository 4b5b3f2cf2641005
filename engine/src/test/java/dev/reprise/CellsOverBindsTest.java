package dev.reprise;

import org.junit.jupiter.api.Test;

/** Cell by cell over matrices that were bound at the same places. */
class CellsOverBindsTest {
  private static final String REWRITE = "cells-over-binds";

  @Test
  void equalSplits() {
    PartialRuns.fires(
        REWRITE,
        """
        P = X * X
        print(sum(P))
        R = cbind(X, D) * cbind(X, D + 1)
        """);
  }

  @Test
  void aScalar() {
    PartialRuns.fires(
        REWRITE,
        """
        P = X * 3
        print(sum(P))
        R = cbind(X, D) * 3
        """);
  }

  @Test
  void aScalarOnTheLeft() {
    PartialRuns.fires(
        REWRITE,
        """
        P = 3 - X
        print(sum(P))
        R = 3 - cbind(X, D)
        """);
  }

  @Test
  void aColumn() {
    PartialRuns.fires(
        REWRITE,
        """
        P = X * y
        print(sum(P))
        R = cbind(X, D) * y
        """);
  }

  @Test
  void aRow() {
    PartialRuns.fires(
        REWRITE,
        """
        R = cbind(X, D) - matrix(seq(1, 63), 1, 63)
        """);
  }

  @Test
  void aRowOverAppendedRows() {
    PartialRuns.fires(
        REWRITE,
        """
        r = matrix(seq(1, 60), 1, 60)
        P = X + r
        print(sum(P))
        R = rbind(X, N) + r
        """);
  }

  @Test
  void aFunction() {
    PartialRuns.fires(
        REWRITE,
        """
        P = exp(X)
        print(sum(P))
        R = exp(rbind(X, N))
        """);
  }

  @Test
  void differentSplits() {
    PartialRuns.declines(
        REWRITE,
        """
        P = X * X
        print(sum(P))
        R = cbind(X, D) * cbind(D, X)
        """);
  }

  @Test
  void signedZerosAndInfinities() {
    PartialRuns.same(
        """
        A = cbind(X, matrix(0, 2000, 1), matrix(1, 2000, 1) / 0)
        R = A * -1 + A
        """);
  }
}
