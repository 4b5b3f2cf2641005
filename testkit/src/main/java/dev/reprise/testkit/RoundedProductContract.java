package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Products with {@code products=tf32} or {@code bf16}: those of fp32 over operands that were
 * rounded before, but for the order of additions.
 */
public abstract class RoundedProductContract extends DeviceContract {
  private static final double TOLERANCE = 1e-5;

  private static final ProductPrecision[] MODES = {ProductPrecision.TF32, ProductPrecision.BF16};

  private static Attributes attributes(ProductPrecision products, String... more) {
    Attributes attributes = Attributes.of("precision", "fp32");
    if (products != ProductPrecision.FULL) {
      attributes = attributes.with("products", products.word());
    }
    for (String each : more) {
      attributes = attributes.with(each, "true");
    }
    return attributes;
  }

  /** The same cells as floats, rounded to fewer bits. */
  private DenseMatrix floats(DenseMatrix matrix, ProductPrecision products) {
    DenseMatrix floats = hold(matrix.converted(Precision.FP32, memory));
    for (long i = 0; i < floats.cells(); i++) {
      float cell = floats.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
      floats.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, products.rounded(cell));
    }
    return floats;
  }

  private Operand[] floats(ProductPrecision products, Operand... operands) {
    Operand[] rounded = operands.clone();
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] instanceof DenseMatrix matrix) {
        rounded[i] = floats(matrix, products);
      }
    }
    return rounded;
  }

  private void check(String opcode, String[] more, Operand... operands) {
    Operand[] plain = floats(ProductPrecision.FULL, operands);
    double[][] full = Matrices.toArray(run(opcode, attributes(ProductPrecision.FULL, more), plain));
    for (ProductPrecision products : MODES) {
      DenseMatrix found = run(opcode, attributes(products, more), plain);
      assertThat(found.precision()).isEqualTo(Precision.FP32);
      DenseMatrix expected =
          run(opcode, attributes(ProductPrecision.FULL, more), floats(products, operands));
      double largest = largest(Matrices.toArray(expected));
      assertThat(deviation(Matrices.toArray(found), Matrices.toArray(expected)))
          .as("%s, %s", opcode, products)
          .isLessThanOrEqualTo(TOLERANCE * largest);
      // Else the mode would do nothing.
      assertThat(deviation(Matrices.toArray(found), full)).isGreaterThan(2 * TOLERANCE * largest);
    }
  }

  private static double largest(double[][] cells) {
    double largest = 0;
    for (double[] row : cells) {
      for (double cell : row) {
        largest = Math.max(largest, Math.abs(cell));
      }
    }
    return largest;
  }

  private static double deviation(double[][] a, double[][] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[i].length; j++) {
        largest = Math.max(largest, Math.abs(a[i][j] - b[i][j]));
      }
    }
    return largest;
  }

  @Test
  void productsRoundTheirOperandsFirst() {
    SplittableRandom random = random(81);
    String[] none = {};
    for (long[] s : new long[][] {{2, 3, 2}, {1, 40, 7}, {33, 65, 1}, {70, 129, 66}}) {
      DenseMatrix a = randomMatrix(random, s[0], s[1]);
      DenseMatrix b = randomMatrix(random, s[1], s[2]);
      check("matmul", none, a, b);
      check("matmul", new String[] {"ta"}, randomMatrix(random, s[1], s[0]), b);
      check("matmul", new String[] {"tb"}, a, randomMatrix(random, s[2], s[1]));
      check("tsmm", none, a);
      check("tsmm", new String[] {"right"}, a);
    }
  }

  @Test
  void convolutionsRoundTheirOperandsFirst() {
    SplittableRandom random = random(82);
    String[] none = {};
    for (double[] numbers :
        new double[][] {
          {5, 3, 9, 8, 6, 3, 3, 3, 1, 1, 1, 1}, {5, 6, 9, 8, 6, 1, 3, 3, 1, 1, 1, 1, 1, 1, 6}
        }) {
      DenseMatrix x = randomMatrix(random, 5, (long) numbers[1] * 72);
      DenseMatrix w = randomMatrix(random, 6, (long) numbers[5] * 9);
      DenseMatrix dout = randomMatrix(random, 5, 6 * 72);
      check("conv2d", none, operands(numbers, x, w));
      check("conv2d_backward_filter", none, operands(numbers, x, dout));
      check("conv2d_backward_data", none, operands(numbers, w, dout));
    }
  }

  private static Operand[] operands(double[] numbers, DenseMatrix... matrices) {
    List<Operand> operands = new ArrayList<>(List.of(matrices));
    for (double number : numbers) {
      operands.add(Scalar.of(number));
    }
    return operands.toArray(Operand[]::new);
  }

  @Test
  void cellsRoundToTheNearestAndOfTwoToTheEven() {
    Map<ProductPrecision, double[][]> expected =
        Map.of(
            ProductPrecision.TF32,
            new double[][] {
              {1 + 0x1p-12, 1},
              {1 + 0x1p-11, 1},
              {1 + 0x1p-11 + 0x1p-20, 1 + 0x1p-10},
              {-1 - 3 * 0x1p-11, -1 - 0x1p-9},
              {0x1.ffcp10, 0x1.ffcp10},
              {0x1.ffep10, 0x1p11},
              {Float.MAX_VALUE, Double.POSITIVE_INFINITY}
            },
            ProductPrecision.BF16,
            new double[][] {
              {1 + 0x1p-9, 1},
              {1 + 0x1p-8, 1},
              {1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7},
              {-1 - 3 * 0x1p-8, -1 - 0x1p-6},
              {3.140625, 3.140625},
              {-Float.MAX_VALUE, Double.NEGATIVE_INFINITY},
              {Double.NaN, Double.NaN},
              {0, 0}
            });
    expected.forEach((products, pairs) -> {
      for (double[] pair : pairs) {
        assertThat(Double.compare(products.rounded((float) pair[0]), pair[1])).isZero();
        DenseMatrix x = floats(matrix(new double[] {pair[0]}), ProductPrecision.FULL);
        DenseMatrix one = floats(matrix(new double[] {1}), ProductPrecision.FULL);
        DenseMatrix found = run("matmul", attributes(products), x, one);
        assertClose(found, new double[][] {{pair[1]}}, 0);
      }
    });
  }

  @Test
  void compressedOperandsRoundToo() {
    SplittableRandom random = random(83);
    DenseMatrix a = randomMatrix(random, 30, 40);
    for (long i = 0; i < a.cells(); i++) {
      if (random.nextInt(10) > 0) {
        a.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, 0);
      }
    }
    DenseMatrix b = floats(randomMatrix(random, 40, 20), ProductPrecision.FULL);
    DenseMatrix values = floats(a, ProductPrecision.FULL);
    for (ProductPrecision products : MODES) {
      DenseMatrix dense = run("matmul", attributes(products), values, b);
      Operand found = runAll("matmul", attributes(products), compressed(values).rounded(), b)[0];
      assertClose((DenseMatrix) found, Matrices.toArray(dense), TOLERANCE);
    }
  }
}
