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

/** Convolutions are the processor's but for rounding: random shapes, and those at tiles' edges. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ConvolutionComparison {
  /** Images N, C, H, W; filters K, R, S; stride; padding; dilation; groups. */
  private static final int[][] EDGES = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1},
    // Columns of tiles: 128 and 256, one more, one less.
    {2, 3, 8, 8, 64, 1, 1, 1, 1, 0, 0, 1, 1, 1},
    {43, 17, 3, 1, 65, 3, 1, 1, 1, 1, 0, 1, 1, 1},
    {1, 33, 16, 16, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1},
    {17, 5, 5, 3, 32, 2, 3, 1, 1, 1, 2, 1, 1, 1},
    // Long sums, many of them: LeNet's layers, and sums that are cut unevenly.
    {9, 1, 28, 28, 32, 5, 5, 1, 1, 2, 2, 1, 1, 1},
    {5, 32, 14, 14, 64, 5, 5, 1, 1, 2, 2, 1, 1, 1},
    {3, 130, 7, 7, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1},
    // Strides that leave cells out, windows wider than images, places far apart.
    {4, 16, 9, 11, 24, 1, 1, 3, 2, 0, 0, 1, 1, 1},
    {3, 8, 7, 6, 12, 2, 2, 3, 4, 1, 1, 1, 1, 1},
    {2, 6, 3, 2, 40, 7, 7, 2, 2, 3, 3, 1, 1, 1},
    {2, 20, 12, 12, 18, 3, 3, 2, 2, 4, 4, 3, 2, 1},
    {2, 20, 13, 9, 18, 3, 3, 2, 3, 2, 2, 2, 3, 1},
    // Groups that are large enough for tiles.
    {3, 34, 7, 7, 36, 3, 2, 1, 1, 2, 2, 2, 1, 2},
    {2, 60, 6, 6, 66, 3, 3, 2, 1, 1, 1, 1, 1, 3}
  };

  /** Products for each cell of an image, of shapes that one test leaves out to save time. */
  private static final int MANY = 500;

  private final Comparison comparison;

  /**
   * @param accelerator owned by this class from now on
   */
  protected ConvolutionComparison(Accelerator accelerator) {
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

  private static double[] numbers(int[] s) {
    return new double[] {
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
  }

  private static Operand[] operands(double[] numbers, DenseMatrix... matrices) {
    List<Operand> operands = new ArrayList<>(List.of(matrices));
    for (double number : numbers) {
      operands.add(Scalar.of(number));
    }
    return operands.toArray(Operand[]::new);
  }

  /** Normal numbers; one cell of {@code rarity} is not finite. */
  private DenseMatrix matrix(
      SplittableRandom random, long rows, long cols, Precision precision, int rarity) {
    double[] wild = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    return comparison.matrix(
        rows,
        cols,
        precision,
        (i, j) ->
            rarity > 0 && random.nextInt(rarity) == 0
                ? wild[random.nextInt(wild.length)]
                : random.nextGaussian());
  }

  private void assertConvolution(
      SplittableRandom random, int[] sizes, Precision precision, int rarity) {
    double[] numbers = numbers(sizes);
    WindowShape shape = WindowShape.of("conv2d", numbers);
    DenseMatrix x = matrix(random, shape.images(), shape.inputCols(), precision, rarity);
    DenseMatrix w = matrix(random, shape.filters(), shape.patchCells(), precision, rarity);
    DenseMatrix dout = matrix(random, shape.images(), shape.outputCols(), precision, rarity);
    assertClose("conv2d", precision, operands(numbers, x, w));
    assertClose("conv2d_backward_filter", precision, operands(numbers, x, dout));
    assertClose("conv2d_backward_data", precision, operands(numbers, w, dout));
    release();
  }

  private void assertClose(String opcode, Precision precision, Operand... operands) {
    double tolerance = precision == Precision.FP64 ? 1e-12 : 1e-5;
    comparison.assertWithin(tolerance, opcode, Attributes.none(), precision, operands);
    comparison.assertRepeatable(opcode, Attributes.none(), precision, operands);
  }

  private static int[] randomSizes(SplittableRandom random) {
    while (true) {
      int groups = random.nextInt(4) == 0 ? 2 : 1;
      int[] sizes = {
        1 + random.nextInt(6),
        groups * (1 + random.nextInt(groups == 1 ? 12 : 20)),
        1 + random.nextInt(12),
        1 + random.nextInt(12),
        groups * (1 + random.nextInt(groups == 1 ? 70 : 20)),
        1 + random.nextInt(4),
        1 + random.nextInt(4),
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        random.nextInt(4),
        random.nextInt(4),
        1 + random.nextInt(2),
        1 + random.nextInt(3),
        groups
      };
      boolean fits =
          sizes[2] + 2 * sizes[9] > (sizes[5] - 1) * sizes[11]
              && sizes[3] + 2 * sizes[10] > (sizes[6] - 1) * sizes[12];
      if (fits) {
        return sizes;
      }
    }
  }

  @Test
  void shapesAtTheEdgesOfTilesAreClose() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(1);
      for (int[] sizes : EDGES) {
        assertConvolution(random, sizes, precision, 0);
      }
    }
  }

  @Test
  void randomShapesAreClose() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < 20; i++) {
        assertConvolution(random, randomSizes(random), precision, 0);
      }
    }
  }

  @Test
  void whatIsNotFiniteMeetsTheSameZeros() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < 12; i++) {
        assertConvolution(random, randomSizes(random), precision, 150);
      }
      for (int[] sizes : EDGES) {
        if (sizes[4] * sizes[5] * sizes[6] < MANY) {
          assertConvolution(random, sizes, precision, 5000);
        }
      }
    }
  }
}
