package dev.reprise;

import org.junit.jupiter.api.Test;

/** Aggregates that see one part each. */
class AggregateAcrossTest {
  private static final String REWRITE = "aggregate-across";

  @Test
  void columnSumsOfAppendedColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colSums(X)
        print(sum(s))
        R = colSums(cbind(X, D))
        """);
  }

  @Test
  void columnMeansOfAppendedColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colMeans(X)
        print(sum(s))
        R = colMeans(cbind(X, D))
        """);
  }

  @Test
  void columnVariancesOfAppendedColumns() {
    PartialRuns.fires(
        REWRITE,
        """
        s = colVars(X)
        print(sum(s))
        R = colVars(cbind(D, X))
        """);
  }

  @Test
  void rowMaximaOfAppendedRows() {
    PartialRuns.fires(
        REWRITE,
        """
        s = rowMaxs(X)
        print(sum(s))
        R = rowMaxs(rbind(X, N))
        """);
  }
}
