package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The order of products of very many matrices, of which not all orders are compared. */
class ProductOrderTest {
  private static final int LEAVES = 3000;

  @Test
  void aVectorAtTheEndIsMultipliedFirst() {
    double[] facts = squares(LEAVES);
    facts[3 * LEAVES - 2] = 1;
    int[] cuts = ProductOrder.leastWork(facts, LEAVES);
    for (int first = 0; first < LEAVES - 1; first++) {
      assertThat(cuts[first * LEAVES + LEAVES - 1]).isEqualTo(first);
    }
  }

  @Test
  void equalMatricesAreMultipliedAsTheyAreWritten() {
    int[] cuts = ProductOrder.leastWork(squares(LEAVES), LEAVES);
    for (int last = 1; last < LEAVES; last++) {
      assertThat(cuts[last]).isEqualTo(last - 1);
    }
  }

  @Test
  void upToTheLimitTheLeastOfAllOrdersIsFound() {
    // Two thin matrices in the middle: both sides are multiplied towards them.
    int leaves = ProductOrder.LEAVES;
    double[] facts = squares(leaves);
    int middle = leaves / 2;
    facts[3 * middle - 2] = 1;
    facts[3 * middle] = 1;
    int[] cuts = ProductOrder.leastWork(facts, leaves);
    assertThat(cuts[leaves - 1]).isEqualTo(middle - 1);
  }

  private static double[] squares(int leaves) {
    double[] facts = new double[3 * leaves];
    for (int i = 0; i < leaves; i++) {
      facts[3 * i] = 100;
      facts[3 * i + 1] = 100;
      facts[3 * i + 2] = 1;
    }
    return facts;
  }
}
