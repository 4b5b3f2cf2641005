package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Factorisations are the processor's but for rounding, and the same bits when repeated. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FactorisationComparison {
  private static final int[] ORDERS = {16, 31, 32, 33, 64, 65, 100, 200};

  /** Rounding times the condition of random matrices of such orders, up to some thousands. */
  private static final double TOLERANCE = 1e-10;

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected FactorisationComparison(Accelerator accelerator) {
    this.comparison = new Comparison(accelerator);
  }

  @AfterEach
  void release() {
    comparison.releaseOperands();
  }

  @AfterAll
  void close() {
    comparison.close();
  }

  private void assertClose(String opcode, Operand... inputs) {
    comparison.assertWithin(TOLERANCE, opcode, Attributes.none(), Precision.FP64, inputs);
    comparison.assertRepeatable(opcode, Attributes.none(), Precision.FP64, inputs);
  }

  @Test
  void solutionsAndInversesOfRandomMatricesAreClose() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n : ORDERS) {
      DenseMatrix a = comparison.matrix(random, n, n, Precision.FP64, false);
      assertClose("inv", a);
      for (int columns : new int[] {1, 3, 40}) {
        assertClose("solve", a, comparison.matrix(random, n, columns, Precision.FP64, false));
      }
    }
  }

  @Test
  void factorsOfPositiveDefiniteMatricesAreClose() {
    SplittableRandom random = new SplittableRandom(2);
    for (int n : ORDERS) {
      DenseMatrix a = comparison.matrix(random, n, n, Precision.FP64, false);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          a.set(i, j, a.get(j, i));
        }
        a.set(i, i, 3 * Math.sqrt(n));
      }
      assertClose("cholesky", a);
    }
  }
}
