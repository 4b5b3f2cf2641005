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

/** Products are the processor's but for rounding, and the same bits whenever they are repeated. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ProductComparison {
  /** Rows, inner extent, columns. */
  private static final long[][] SHAPES = {
    {1, 1, 1},
    {1, 700, 1},
    {700, 1, 33},
    {33, 65, 17},
    {64, 64, 64},
    {65, 129, 130},
    {400, 3, 500},
    {3, 1000, 3},
    {257, 511, 5},
    {5, 300, 257},
    {2, 100001, 2},
    {30, 5000, 40},
    {100001, 2, 1},
    {1, 3, 50001},
    {1, 50001, 3},
    {20000, 7, 8}
  };

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected ProductComparison(Accelerator accelerator) {
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

  private void assertClose(
      String opcode, Attributes attributes, Precision precision, Operand... inputs) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, attributes, precision, inputs);
    comparison.assertRepeatable(opcode, attributes, precision, inputs);
  }

  @Test
  void productsOfEveryShapeAreClose() {
    SplittableRandom random = new SplittableRandom(1);
    for (Precision precision : Precision.values()) {
      for (long[] shape : SHAPES) {
        for (int transposed = 0; transposed < 4; transposed++) {
          boolean ta = (transposed & 1) != 0;
          boolean tb = (transposed & 2) != 0;
          Attributes attributes = ta ? Attributes.of("ta", "true") : Attributes.none();
          attributes = tb ? attributes.with("tb", "true") : attributes;
          DenseMatrix a = operand(random, shape[0], shape[1], ta, precision);
          DenseMatrix b = operand(random, shape[1], shape[2], tb, precision);
          assertClose("matmul", attributes, precision, a, b);
        }
        release();
      }
    }
  }

  private DenseMatrix operand(
      SplittableRandom random, long rows, long cols, boolean transposed, Precision precision) {
    return transposed
        ? comparison.matrix(random, cols, rows, precision, false)
        : comparison.matrix(random, rows, cols, precision, false);
  }

  @Test
  void selfProductsAndChainsAreClose() {
    SplittableRandom random = new SplittableRandom(2);
    long[][] shapes = {
      {1, 1}, {1, 700}, {700, 1}, {33, 65}, {1000, 3}, {3, 1000}, {257, 211}, {50001, 4}, {64, 64}
    };
    for (Precision precision : Precision.values()) {
      for (long[] shape : shapes) {
        DenseMatrix x = comparison.matrix(random, shape[0], shape[1], precision, false);
        DenseMatrix v = comparison.matrix(random, shape[1], 1, precision, false);
        DenseMatrix w = comparison.matrix(random, shape[0], 1, precision, false);
        assertClose("tsmm", Attributes.none(), precision, x);
        if (shape[0] <= 1000) {
          assertClose("tsmm", Attributes.of("right", "true"), precision, x);
        }
        assertClose("mmchain", Attributes.none(), precision, x, v);
        assertClose("mmchain", Attributes.of("with", "*"), precision, x, v, w);
        assertClose("mmchain", Attributes.of("with", "-"), precision, x, v, w);
        release();
      }
    }
  }
}
