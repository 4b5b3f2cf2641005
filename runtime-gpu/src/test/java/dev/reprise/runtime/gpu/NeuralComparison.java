package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.WindowShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Convolutions and poolings are the processor's: but for rounding, or exactly where none happens.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class NeuralComparison {
  /** Images N, C, H, W; filters K, R, S; stride; padding. */
  private static final double[][] SHAPES = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0},
    {3, 2, 6, 7, 4, 3, 3, 1, 1, 1, 1},
    {2, 2, 7, 6, 3, 2, 3, 2, 3, 1, 2},
    {1, 2, 3, 3, 2, 2, 2, 1, 2, 3, 3},
    {33, 3, 12, 12, 8, 5, 5, 1, 1, 2, 2},
    {65, 1, 9, 10, 5, 2, 2, 2, 2, 0, 0}
  };

  /** The same with dilation and groups. */
  private static final double[][] GROUPED = {
    {3, 2, 9, 8, 4, 3, 3, 1, 1, 1, 1, 2, 3, 1},
    {5, 12, 9, 10, 24, 3, 3, 2, 1, 1, 1, 1, 1, 12},
    {9, 34, 7, 7, 36, 3, 2, 1, 1, 2, 2, 2, 1, 2},
    {33, 40, 12, 12, 40, 5, 5, 1, 1, 2, 2, 1, 1, 40}
  };

  /** More patches than are made at a time. */
  private static final double[] LARGE = {15, 40, 30, 40, 1, 5, 5, 1, 1, 2, 2};

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected NeuralComparison(Accelerator accelerator) {
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

  private static Operand[] operands(double[] numbers, DenseMatrix... matrices) {
    List<Operand> operands = new ArrayList<>(List.of(matrices));
    for (double number : numbers) {
      operands.add(Scalar.of(number));
    }
    return operands.toArray(Operand[]::new);
  }

  private void assertClose(String opcode, Precision precision, Operand... inputs) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, Attributes.none(), precision, inputs);
    boolean small = inputs[0] instanceof DenseMatrix first && first.cells() < 100_000;
    if (small) {
      comparison.assertRepeatable(opcode, Attributes.none(), precision, inputs);
    }
  }

  private void assertEqual(String opcode, Precision precision, Operand... inputs) {
    comparison.assertEqual(opcode, Attributes.none(), precision, inputs);
  }

  private void assertConvolutions(double[] s, Precision precision) {
    SplittableRandom random = new SplittableRandom(1);
    double[] numbers =
        s.length == 11
            ? new double[] {s[0], s[1], s[2], s[3], s[4], s[1], s[5], s[6], s[7], s[8], s[9], s[10]}
            : new double[] {
              s[0],
              s[1],
              s[2],
              s[3],
              s[4],
              s[1] / s[13],
              s[5],
              s[6],
              s[7],
              s[8],
              s[9],
              s[10],
              s[11],
              s[12],
              s[13]
            };
    WindowShape shape = WindowShape.of("conv2d", numbers);
    DenseMatrix x = comparison.matrix(random, shape.images(), shape.inputCols(), precision, false);
    DenseMatrix w =
        comparison.matrix(random, shape.filters(), shape.patchCells(), precision, false);
    DenseMatrix dout =
        comparison.matrix(random, shape.images(), shape.outputCols(), precision, false);
    assertClose("conv2d", precision, operands(numbers, x, w));
    assertClose("conv2d_backward_filter", precision, operands(numbers, x, dout));
    assertClose("conv2d_backward_data", precision, operands(numbers, w, dout));
  }

  @Test
  void convolutionsAndTheirGradientsAreClose() {
    for (Precision precision : Precision.values()) {
      for (double[] sizes : SHAPES) {
        assertConvolutions(sizes, precision);
        release();
      }
    }
  }

  @Test
  void convolutionsWithDilationAndGroupsAreClose() {
    for (Precision precision : Precision.values()) {
      for (double[] sizes : GROUPED) {
        assertConvolutions(sizes, precision);
        release();
      }
    }
  }

  @Test
  void convolutionsOfManyImagesTakeSomeAtATime() {
    assertConvolutions(LARGE, Precision.FP64);
  }

  @Test
  void poolingsAndTheirGradientsAreEqual() {
    SplittableRandom random = new SplittableRandom(2);
    for (Precision precision : Precision.values()) {
      for (double[] s : SHAPES) {
        double[] numbers = {s[0], s[1], s[2], s[3], s[5], s[6], s[7], s[8], s[9], s[10]};
        WindowShape shape = WindowShape.of("max_pool", numbers);
        DenseMatrix x =
            comparison.matrix(random, shape.images(), shape.inputCols(), precision, true);
        DenseMatrix dout =
            comparison.matrix(random, shape.images(), shape.outputCols(), precision, false);
        assertEqual("max_pool", precision, operands(numbers, x));
        if (precision == Precision.FP64) {
          assertEqual("avg_pool", precision, operands(numbers, x));
          assertEqual("max_pool_backward", precision, operands(numbers, x, dout));
          assertEqual("avg_pool_backward", precision, operands(numbers, x, dout));
        } else {
          assertClose("avg_pool", precision, operands(numbers, x));
          assertClose("max_pool_backward", precision, operands(numbers, x, dout));
          assertClose("avg_pool_backward", precision, operands(numbers, x, dout));
        }
        release();
      }
    }
  }

  @Test
  void numbersPerChannelAreAddedAndMultiplied() {
    SplittableRandom random = new SplittableRandom(3);
    for (Precision precision : Precision.values()) {
      for (long[] sizes : new long[][] {{1, 1, 1}, {3, 2, 5}, {70, 3, 400}, {500, 64, 1}}) {
        DenseMatrix x = comparison.matrix(random, sizes[0], sizes[1] * sizes[2], precision, true);
        DenseMatrix bias = comparison.matrix(random, sizes[1], 1, precision, true);
        assertEqual("bias_add", precision, x, bias);
        assertEqual("bias_multiply", precision, x, bias);
        DenseMatrix dout = comparison.matrix(random, sizes[0], sizes[1], precision, false);
        assertEqual("global_max_pool", precision, x, Scalar.of(sizes[1]));
        assertEqual("global_max_pool_backward", precision, x, dout);
        assertClose("global_avg_pool", precision, x, Scalar.of(sizes[1]));
        assertClose("global_avg_pool_backward", precision, x, dout);
      }
    }
  }

  @Test
  void normalisationsAndTheirGradientsAreClose() {
    SplittableRandom random = new SplittableRandom(4);
    for (Precision precision : Precision.values()) {
      for (long[] sizes : new long[][] {{2, 1, 1}, {3, 2, 5}, {70, 3, 400}, {500, 64, 1}}) {
        DenseMatrix x = comparison.matrix(random, sizes[0], sizes[1] * sizes[2], precision, false);
        DenseMatrix dout =
            comparison.matrix(random, sizes[0], sizes[1] * sizes[2], precision, false);
        DenseMatrix gamma = comparison.matrix(random, sizes[1], 1, precision, false);
        DenseMatrix beta = comparison.matrix(random, 1, sizes[1], precision, false);
        DenseMatrix positive =
            comparison.matrix(sizes[1], 1, precision, (row, col) -> 0.5 + random.nextDouble());
        for (String mode : new String[] {"train", "test"}) {
          assertClose(
              "batch_norm2d",
              precision,
              x,
              gamma,
              beta,
              beta,
              positive,
              Scalar.of(mode),
              Scalar.of(1e-3),
              Scalar.of(0.9));
        }
        assertClose(
            "batch_norm2d_backward", precision, x, dout, gamma, Scalar.of(1e-3), beta, positive);
        release();
      }
    }
  }
}
