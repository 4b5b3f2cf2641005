package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** Convolution and pooling against their definitions and against finite differences. */
public abstract class ConvolutionContract extends DeviceContract {
  private static final double TOLERANCE = 1e-11;

  /** Images N, C, H, W; filters K, R, S; stride; padding. */
  private static final double[][] SHAPES = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0},
    {2, 3, 5, 4, 2, 3, 2, 1, 1, 0, 0},
    {3, 2, 6, 7, 4, 3, 3, 1, 1, 1, 1},
    {2, 2, 7, 6, 3, 2, 3, 2, 3, 1, 2},
    {2, 3, 4, 4, 2, 4, 4, 3, 1, 0, 0},
    {1, 2, 3, 3, 2, 2, 2, 1, 2, 3, 3},
    {5, 4, 6, 5, 3, 1, 1, 1, 1, 0, 0},
    {2, 2, 5, 5, 3, 1, 1, 2, 2, 0, 0},
    {40, 2, 5, 5, 3, 3, 3, 1, 1, 1, 1},
    {35, 3, 3, 3, 4, 2, 2, 1, 1, 0, 0},
    {70, 3, 2, 2, 2, 1, 1, 1, 1, 0, 0},
    {2, 40, 30, 40, 3, 5, 5, 1, 1, 2, 2},
    {3, 70, 9, 9, 80, 4, 4, 1, 1, 1, 1},
    {1, 1, 4, 6, 1, 2, 6, 1, 1, 0, 5},
    {0, 2, 4, 4, 3, 2, 2, 1, 1, 0, 0}
  };

  /** The same with dilation and groups: large and small groups, both far apart, depthwise. */
  private static final double[][] GROUPED = {
    {2, 3, 7, 8, 2, 3, 2, 1, 1, 0, 0, 2, 3, 1},
    {3, 4, 6, 7, 6, 3, 3, 1, 1, 1, 1, 1, 1, 2},
    {2, 3, 7, 6, 6, 2, 3, 2, 1, 2, 2, 2, 1, 3},
    {2, 2, 9, 5, 2, 3, 3, 1, 1, 2, 2, 2, 2, 2},
    {1, 4, 5, 5, 4, 1, 1, 1, 1, 0, 0, 1, 1, 4},
    {40, 6, 5, 5, 9, 3, 3, 1, 1, 2, 2, 2, 2, 3},
    {2, 40, 12, 13, 44, 3, 3, 1, 1, 1, 1, 1, 1, 2},
    {35, 34, 3, 4, 36, 2, 2, 1, 1, 1, 1, 2, 2, 2},
    {1, 2, 3, 3, 4, 2, 2, 3, 2, 6, 6, 5, 4, 2},
    {70, 33, 4, 4, 33, 3, 3, 2, 2, 1, 1, 1, 1, 33},
    {0, 2, 4, 4, 4, 2, 2, 1, 1, 0, 0, 2, 1, 2}
  };

  private static WindowShape shape(String opcode, double[] numbers) {
    return WindowShape.of(opcode, numbers);
  }

  private static double[] convolution(double[] s) {
    if (s.length > 11) {
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
    return new double[] {s[0], s[1], s[2], s[3], s[4], s[1], s[5], s[6], s[7], s[8], s[9], s[10]};
  }

  private static double[] pooling(double[] s) {
    return new double[] {s[0], s[1], s[2], s[3], s[5], s[6], s[7], s[8], s[9], s[10]};
  }

  private static Operand[] operands(double[] numbers, DenseMatrix... matrices) {
    List<Operand> operands = new ArrayList<>(List.of(matrices));
    for (double number : numbers) {
      operands.add(Scalar.of(number));
    }
    return operands.toArray(Operand[]::new);
  }

  private void check(
      String opcode, double[] numbers, double[][] expected, DenseMatrix... matrices) {
    Operand[] operands = operands(numbers, matrices);
    DenseMatrix found = run(opcode, operands);
    if (expected.length == 0) {
      assertThat(found.rows()).isZero();
    } else {
      assertClose(found, expected, TOLERANCE);
    }
    assertSameBitsWithAnyThreads(opcode, Attributes.none(), operands);
  }

  @Test
  void convolutionsAndTheirGradientsAreTheSumsOfTheirDefinitions() {
    checkConvolutions(random(11), SHAPES);
  }

  @Test
  void windowsMayBeDilatedAndChannelsGrouped() {
    checkConvolutions(random(15), GROUPED);
  }

  private void checkConvolutions(SplittableRandom random, double[][] shapes) {
    for (double[] sizes : shapes) {
      double[] numbers = convolution(sizes);
      WindowShape shape = shape("conv2d", numbers);
      ConvolutionReference reference = new ConvolutionReference(shape);
      DenseMatrix images = randomMatrix(random, shape.images(), shape.inputCols());
      DenseMatrix filters = randomMatrix(random, shape.filters(), shape.patchCells());
      DenseMatrix dout = randomMatrix(random, shape.images(), shape.outputCols());
      double[][] x = Matrices.toArray(images);
      double[][] w = Matrices.toArray(filters);
      double[][] d = Matrices.toArray(dout);
      check("conv2d", numbers, reference.convolution(x, w), images, filters);
      check("conv2d_backward_filter", numbers, reference.filterGradient(x, d), images, dout);
      check("conv2d_backward_data", numbers, reference.dataGradient(w, d), filters, dout);
    }
  }

  @Test
  void poolingsAndTheirGradientsFollowTheirDefinitions() {
    SplittableRandom random = random(12);
    for (double[] sizes : SHAPES) {
      double[] numbers = pooling(sizes);
      WindowShape shape = shape("max_pool", numbers);
      ConvolutionReference reference = new ConvolutionReference(shape);
      DenseMatrix images = randomMatrix(random, shape.images(), shape.inputCols());
      DenseMatrix dout = randomMatrix(random, shape.images(), shape.outputCols());
      double[][] x = Matrices.toArray(images);
      double[][] d = Matrices.toArray(dout);
      check("max_pool", numbers, reference.maxPool(x), images);
      check("avg_pool", numbers, reference.averagePool(x), images);
      check("max_pool_backward", numbers, reference.maxPoolGradient(x, d), images, dout);
      check("avg_pool_backward", numbers, reference.averagePoolGradient(d), images, dout);
    }
  }

  @Test
  void gradientsAreTheSlopesOfTheFunctions() {
    SplittableRandom random = random(13);
    for (int i = 0; i < 12; i++) {
      double[] numbers = convolution(i < 7 ? SHAPES[i + 1] : GROUPED[i - 7]);
      WindowShape shape = shape("conv2d", numbers);
      DenseMatrix images = randomMatrix(random, shape.images(), shape.inputCols());
      DenseMatrix filters = randomMatrix(random, shape.filters(), shape.patchCells());
      DenseMatrix dout = randomMatrix(random, shape.images(), shape.outputCols());
      DoubleSupplier loss = () -> dot(run("conv2d", operands(numbers, images, filters)), dout);
      DenseMatrix dw = run("conv2d_backward_filter", operands(numbers, images, dout));
      DenseMatrix dx = run("conv2d_backward_data", operands(numbers, filters, dout));
      FiniteDifferences.assertGradient("filters " + shape, filters, dw, loss);
      FiniteDifferences.assertGradient("data " + shape, images, dx, loss);
    }
    for (int i = 1; i < 8; i++) {
      double[] numbers = pooling(SHAPES[i]);
      WindowShape shape = shape("max_pool", numbers);
      DenseMatrix images = randomMatrix(random, shape.images(), shape.inputCols());
      DenseMatrix dout = randomMatrix(random, shape.images(), shape.outputCols());
      for (String kind : List.of("max_pool", "avg_pool")) {
        DoubleSupplier loss = () -> finiteDot(run(kind, operands(numbers, images)), dout);
        DenseMatrix dx = run(kind + "_backward", operands(numbers, images, dout));
        FiniteDifferences.assertGradient(kind + " " + shape, images, dx, loss);
      }
    }
  }

  static double dot(DenseMatrix a, DenseMatrix b) {
    double sum = 0;
    for (long i = 0; i < a.cells(); i++) {
      sum += cell(a, i) * cell(b, i);
    }
    return sum;
  }

  /** Leaves out windows that see nothing but padding. */
  private static double finiteDot(DenseMatrix a, DenseMatrix b) {
    double sum = 0;
    for (long i = 0; i < a.cells(); i++) {
      sum += cell(a, i) == -Double.MAX_VALUE ? 0 : cell(a, i) * cell(b, i);
    }
    return sum;
  }

  private static double cell(DenseMatrix matrix, long i) {
    return matrix.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
  }

  @Test
  void maximaPassOverNothingButPadding() {
    double[] numbers = {1, 1, 2, 2, 2, 2, 1, 1, 0, 0};
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    DenseMatrix dout = matrix(new double[] {7});
    for (double[] row :
        new double[][] {
          {1, nan, 3, 2},
          {-infinity, -infinity, -infinity, -infinity},
          {0, 0, 0, 0},
          {nan, nan, nan, nan},
          {-3, -2, infinity, -1}
        }) {
      double expected = Arrays.stream(row).reduce(row[0], Math::max);
      DenseMatrix x = matrix(row);
      assertClose(run("max_pool", operands(numbers, x)), new double[][] {{expected}}, 0);
      double[] gradient = new double[4];
      int first = firstLargest(row);
      if (first >= 0) {
        gradient[first] = 7;
      }
      DenseMatrix found = run("max_pool_backward", operands(numbers, x, dout));
      assertClose(found, new double[][] {gradient}, 0);
    }
  }

  private static int firstLargest(double[] row) {
    int found = -1;
    for (int i = 0; i < row.length; i++) {
      if (row[i] == row[i] && (found < 0 || row[i] > row[found])) {
        found = i;
      }
    }
    return found;
  }

  @Test
  void channelsArePooledAsAWhole() {
    SplittableRandom random = random(16);
    for (long[] sizes :
        new long[][] {{1, 1, 1}, {3, 2, 5}, {7, 3, 400}, {0, 2, 2}, {500, 64, 1}, {2, 3, 3000}}) {
      DenseMatrix x = randomMatrix(random, sizes[0], sizes[1] * sizes[2]);
      DenseMatrix dout = randomMatrix(random, sizes[0], sizes[1]);
      Scalar channels = Scalar.of(sizes[1]);
      double[] window = {sizes[0], sizes[1], 1, sizes[2], 1, sizes[2], 1, 1, 0, 0};
      ConvolutionReference reference = new ConvolutionReference(shape("max_pool", window));
      double[][] cells = Matrices.toArray(x);
      double[][] gradients = Matrices.toArray(dout);
      if (sizes[0] == 0) {
        assertThat(run("global_avg_pool", x, channels).shape()).isEqualTo(dout.shape());
        assertThat(run("global_max_pool_backward", x, dout).shape()).isEqualTo(x.shape());
        continue;
      }
      assertClose(run("global_max_pool", x, channels), reference.maxPool(cells), 0);
      assertClose(run("global_avg_pool", x, channels), reference.averagePool(cells), TOLERANCE);
      assertClose(
          run("global_max_pool_backward", x, dout), reference.maxPoolGradient(cells, gradients), 0);
      assertClose(
          run("global_avg_pool_backward", x, dout),
          reference.averagePoolGradient(gradients),
          TOLERANCE);
      assertSameBitsWithAnyThreads("global_avg_pool", Attributes.none(), x, channels);
    }
    DenseMatrix x =
        matrix(new double[] {1, 3, 3, Double.NaN, 2, 0}, new double[] {-7, -7, -8, 5, 4, 3});
    DenseMatrix dout = matrix(new double[] {10, 20}, new double[] {30, 40});
    assertClose(
        run("global_max_pool", x, Scalar.of(2L)), new double[][] {{3, Double.NaN}, {-7, 5}}, 0);
    assertClose(
        run("global_max_pool_backward", x, dout),
        new double[][] {{0, 10, 0, 0, 20, 0}, {30, 0, 0, 40, 0, 0}},
        0);
    DenseMatrix none = matrix(new double[] {Double.NaN, Double.NaN});
    DenseMatrix one = matrix(new double[] {1});
    assertClose(run("global_max_pool_backward", none, one), new double[][] {{0, 0}}, 0);
    DenseMatrix least = matrix(new double[] {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY});
    assertClose(run("global_max_pool_backward", least, one), new double[][] {{1, 0}}, 0);
    assertThatThrownBy(() -> run("global_avg_pool", x, Scalar.of(4L)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("divide the columns of the images, but got 4");
    assertThatThrownBy(() -> run("global_max_pool_backward", x, one))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("a row for each image and a column for each channel");
  }

  @Test
  void gradientsOfWholeChannelsAreTheSlopesOfTheFunctions() {
    SplittableRandom random = random(17);
    DenseMatrix x = randomMatrix(random, 3, 20);
    DenseMatrix dout = randomMatrix(random, 3, 4);
    for (String kind : List.of("global_avg_pool", "global_max_pool")) {
      FiniteDifferences.assertGradient(
          kind, x, run(kind + "_backward", x, dout), () -> dot(run(kind, x, Scalar.of(4L)), dout));
    }
  }

  @Test
  void biasesAreAddedToAndMultipliedWithAWholeChannel() {
    SplittableRandom random = random(14);
    for (long[] sizes :
        new long[][] {{1, 1, 1}, {3, 2, 5}, {70, 3, 400}, {0, 2, 2}, {500, 64, 1}}) {
      DenseMatrix x = randomMatrix(random, sizes[0], sizes[1] * sizes[2]);
      DenseMatrix bias = randomMatrix(random, sizes[1], 1);
      double[][] sum = Matrices.toArray(x);
      double[][] product = Matrices.toArray(x);
      for (int i = 0; i < sum.length; i++) {
        for (int j = 0; j < sum[i].length; j++) {
          sum[i][j] += bias.get(j / sizes[2], 0);
          product[i][j] *= bias.get(j / sizes[2], 0);
        }
      }
      if (sizes[0] > 0) {
        assertClose(run("bias_add", x, bias), sum, 0);
        assertClose(run("bias_multiply", x, bias), product, 0);
      } else {
        assertThat(run("bias_add", x, bias).rows()).isZero();
      }
      assertSameBitsWithAnyThreads("bias_add", Attributes.none(), x, bias);
    }
  }

  @Test
  void sizesThatDoNotFitAreRefusedWithTheNumbers() {
    DenseMatrix x = emptyMatrix(1, 32);
    DenseMatrix w = emptyMatrix(2, 8);
    assertRefused("at least 1 in stride, but got [0, 1]", 7, 0, x, w);
    assertRefused("at least 0 in padding, but got [-1, 0]", 9, -1, x, w);
    assertRefused("at least 1 in input_shape, but got [1, 2, 0, 4]", 2, 0, x, w);
    assertRefused("whole numbers of at least 1 in filter_shape, but got [2, 2, 2.5", 5, 2.5, x, w);
    assertRefused("the window is 6x2 and the image 4x4 with padding [0, 0]", 5, 6, x, w);
    assertRefused("needs 'input' of shape 2x32", 0, 2, x, w);
    assertRefused("needs 'filter' of shape 3x8", 4, 3, x, w);
    double[] channels = {1, 2, 4, 4, 2, 3, 2, 2, 1, 1, 0, 0};
    assertThatThrownBy(() -> run("conv2d", operands(channels, x, w)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("as many channels");
    double[] groups = {1, 2, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 1, 1, 2};
    assertThatThrownBy(() -> run("conv2d", operands(groups, x, w)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("with groups=2 needs filter_shape=[a multiple of 2, the channels");
    double[] dilation = {1, 2, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 1, 0.5, 1};
    assertThatThrownBy(() -> run("conv2d", operands(dilation, x, w)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("whole numbers of at least 1 in dilation, but got [1, 0.5]");
    double[] wide = {1, 2, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 4, 1, 1};
    assertThatThrownBy(() -> run("conv2d", operands(wide, x, w)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("the window is 5x2 and the image 4x4 with padding [0, 0]");
    double[] incomplete = {1, 2, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 1};
    assertThatThrownBy(() -> run("conv2d", operands(incomplete, x, w)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("takes 12 sizes, or 15 with dilation and groups, but got 13");
  }

  @Test
  void biasesThatDoNotDivideTheColumnsAreRefused() {
    DenseMatrix x = emptyMatrix(1, 32);
    for (DenseMatrix bias : List.of(emptyMatrix(3, 1), emptyMatrix(2, 2), emptyMatrix(1, 4))) {
      for (String opcode : List.of("bias_add", "bias_multiply")) {
        assertThatThrownBy(() -> run(opcode, x, bias))
            .isInstanceOf(OperandException.class)
            .hasMessage(
                "'"
                    + opcode
                    + "' needs a column with one number per channel, and as many columns of the"
                    + " input for each of them, but got a bias of shape "
                    + bias.shape()
                    + " for an input of shape 1x32");
      }
    }
  }

  private void assertRefused(String message, int at, double number, DenseMatrix... matrices) {
    double[] sizes = {1, 2, 4, 4, 2, 2, 2, 1, 1, 0, 0};
    sizes[at] = number;
    double[] numbers = convolution(sizes);
    assertThatThrownBy(() -> run("conv2d", operands(numbers, matrices)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining(message);
  }
}
