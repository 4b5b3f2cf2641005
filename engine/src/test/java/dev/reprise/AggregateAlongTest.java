package dev.reprise;

import org.junit.jupiter.api.Test;

/** Aggregates that see all parts. */
class AggregateAlongTest {
  private static final String REWRITE = "aggregate-along";

  @Test
  void theSumOfAppendedColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        s = sum(X)
        print(s)
        R = as.matrix(sum(cbind(X, D)))
        """);
  }

  @Test
  void theMeanOfAppendedRows() {
    PartialRuns.fires(
        REWRITE,
        """
        s = mean(X)
        print(s)
        R = as.matrix(mean(rbind(X, N)))
        """);
  }

  @Test
  void theLeastOfAppendedRows() {
    PartialRuns.fires(
        REWRITE,
        """
        s = min(X)
        print(s)
        R = as.matrix(min(rbind(X, N)))
        """);
  }

  @Test
  void columnSumsOfAppendedRows() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = colSums(rbind(X, N))
        """);
  }

  @Test
  void columnMeansOfAppendedRows() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colMeans(X)
        print(sum(s))
        R = colMeans(rbind(X, N))
        """);
  }

  @Test
  void rowMaximaOfAppendedColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        s = rowMaxs(X)
        print(sum(s))
        R = rowMaxs(cbind(X, D))
        """);
  }

  @Test
  void notANumberSpreadsAsItDoesWithoutReuse() {
    PartialRuns.same(
        """
        Z = D
        Z[1:7, 1:2] = matrix(0, 7, 2) / 0
        A = cbind(X, Z)
        R = cbind(as.matrix(min(A)), as.matrix(max(A)), as.matrix(sum(A)), as.matrix(mean(A)))
        R = rbind(cbind(R, matrix(0, 1, 59)), colMaxs(A), colMins(A), colMeans(A))
        R = cbind(t(R), matrix(0, 63, 1))
        """);
  }
}
