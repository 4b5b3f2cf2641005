package dev.reprise;

import org.junit.jupiter.api.Test;

/** Products are found in the other order. */
class TransposedProductTest {
  private static final String REWRITE = "transposed-product";

  @Test
  void theTransposeOfACachedProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        Z = rand(rows=2000, cols=30, seed=8)
        G = t(X) %*% Z
        print(sum(G))
        R = t(Z) %*% X
        """);
  }

  @Test
  void theTransposeOfAPlainProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        G = X %*% Y
        print(sum(G))
        R = t(Y) %*% t(X)
        """);
  }

  @Test
  void aProductOfEqualValuesIsASelfProduct() {
    PartialRuns.fires(
        REWRITE,
        """
        G = t(X) %*% X
        print(sum(G))
        Z = rand(rows=2000, cols=60, min=-1, max=1, seed=1)
        R = t(X) %*% Z
        """);
  }

  @Test
  void theTransposeOfSomethingElse() {
    PartialRuns.declines(
        REWRITE,
        """
        Z = N + 1
        G = t(N) %*% Z
        print(sum(G))
        R = N %*% t(Z)
        """);
  }
}
