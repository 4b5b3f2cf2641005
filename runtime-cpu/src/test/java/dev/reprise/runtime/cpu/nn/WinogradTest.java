package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.WindowShape;
import dev.reprise.testkit.Matrices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Convolutions by tiles against their definition. */
class WinogradTest {
  /** Images, channels, height, width; filters, channels, extent; stride, padding. */
  private static final double[][] SHAPES = {
    {6, 32, 8, 10, 40, 32, 5, 5, 1, 1, 2, 2},
    {7, 33, 10, 12, 41, 33, 5, 5, 1, 1, 0, 0},
    {5, 40, 5, 6, 48, 40, 5, 5, 1, 1, 4, 3},
    {9, 64, 8, 9, 64, 64, 3, 3, 1, 1, 1, 1},
    {4, 64, 10, 11, 80, 64, 3, 3, 1, 1, 0, 2},
    {40, 40, 4, 6, 40, 40, 3, 3, 1, 1, 1, 1},
    {1, 40, 90, 10, 40, 40, 3, 3, 1, 1, 1, 0},
    {4, 80, 10, 8, 84, 40, 5, 5, 1, 1, 2, 2, 1, 1, 2}
  };

  /** Floats are multiplied fast, so tiles of floats need more channels to pay. */
  private static final double[] WIDE = {2, 96, 20, 20, 96, 96, 3, 3, 1, 1, 1, 1};

  private final ConvolutionChecks checks = new ConvolutionChecks();

  @AfterEach
  void close() {
    checks.close();
  }

  @Test
  void sumsOfWholeNumbersAreExact() {
    for (double[] numbers : SHAPES) {
      WindowShape shape = WindowShape.of("conv2d", numbers);
      assertThat(WinogradPlan.of(shape, Precision.FP64)).as("tiles of %s", shape).isNotNull();
      if (shape.padHeight() > 0 && shape.padWidth() > 0) {
        assertThat(WinogradPlan.ofDataGradient(shape, Precision.FP64))
            .as("tiles of %s", shape)
            .isNotNull();
      }
      checks.checkWholeNumbers(numbers, Precision.FP64);
    }
  }

  @Test
  void othersAreCloseAndHaveTheSameBitsForAnyNumberOfThreads() {
    for (double[] numbers : new double[][] {SHAPES[0], SHAPES[3], SHAPES[6]}) {
      checks.checkOthers(numbers, Precision.FP64, 1e-13);
    }
  }

  /** On machines that have direct convolutions of floats, no operation comes to tiles of floats. */
  @Test
  void tilesOfFloatsAreCloseToo() {
    ConvolutionChecks.Case given = checks.given(WIDE, Precision.FP32, checks.random::nextGaussian);
    WindowShape shape = WindowShape.of("conv2d", WIDE);
    WinogradPlan plan = WinogradPlan.of(shape, Precision.FP32);
    WinogradPlan back = WinogradPlan.ofDataGradient(shape, Precision.FP32);
    CellProducts products =
        CellProducts.of(Precision.FP32, new LazyBlas(TestDevices.natives()).get());
    ExecutionContext context = new ExecutionContext(checks.allocator, 2);
    try (Parallel parallel = new Parallel(2);
        Scratch scratch = new Scratch(checks.allocator)) {
      DenseMatrix out = scratch.matrix(shape.images(), shape.outputCols(), Precision.FP32);
      new WinogradConvolution(plan, false, parallel, products)
          .run(given.images(), given.filters(), out, scratch, context);
      DenseMatrix dw = scratch.matrix(shape.filters(), shape.patchCells(), Precision.FP32);
      new WinogradFilterGradient(plan, parallel, products)
          .run(given.images(), given.gradients(), dw, scratch, context);
      DenseMatrix dx = scratch.matrix(shape.images(), shape.inputCols(), Precision.FP32);
      new WinogradConvolution(back, true, parallel, products)
          .run(given.gradients(), given.filters(), dx, scratch, context);
      DenseMatrix[] found = {out, dw, dx};
      for (int i = 0; i < found.length; i++) {
        assertThat(ConvolutionChecks.deviation(Matrices.toArray(found[i]), given.wanted(i)))
            .as(ConvolutionChecks.OPCODES[i])
            .isLessThan(1e-6);
      }
    }
  }

  @Test
  void outputsThatSeeZerosAreExactlyZero() {
    for (double[] numbers : new double[][] {SHAPES[0], SHAPES[3]}) {
      checks.checkZeros(numbers, Precision.FP64);
    }
  }

  @Test
  void whatOverflowsOrIsNoNumberStaysInItsWindows() {
    checks.checkSpecialNumbers(SHAPES[0], Precision.FP64);
  }

  @Test
  void whatTilesDoNotPayForOrFitIsLeftToPatches() {
    double[][] left = {
      {64, 1, 28, 28, 32, 1, 5, 5, 1, 1, 2, 2},
      {8, 64, 14, 14, 64, 64, 3, 3, 2, 2, 1, 1},
      {8, 64, 14, 14, 64, 64, 4, 4, 1, 1, 1, 1},
      {8, 64, 14, 14, 64, 64, 3, 5, 1, 1, 1, 1},
      {8, 64, 14, 14, 64, 64, 1, 1, 1, 1, 0, 0},
      {0, 64, 14, 14, 64, 64, 3, 3, 1, 1, 1, 1},
      {8, 64, 14, 14, 64, 64, 3, 3, 1, 1, 1, 1, 2, 2, 1},
      {8, 64, 14, 14, 64, 1, 3, 3, 1, 1, 1, 1, 1, 1, 64}
    };
    for (double[] numbers : left) {
      WindowShape shape = WindowShape.of("conv2d", numbers);
      assertThat(WinogradPlan.of(shape, Precision.FP64)).as("%s", shape).isNull();
      assertThat(WinogradPlan.ofDataGradient(shape, Precision.FP64)).as("%s", shape).isNull();
    }
    // Tiles of 6 x 6 are too far from sums of products in floats, those of 4 x 4 are not.
    WindowShape five = WindowShape.of("conv2d", SHAPES[0]);
    WindowShape three = WindowShape.of("conv2d", WIDE);
    assertThat(WinogradPlan.of(five, Precision.FP32)).isNull();
    assertThat(WinogradPlan.ofDataGradient(five, Precision.FP32)).isNull();
    assertThat(WinogradPlan.of(three, Precision.FP32)).isNotNull();
    assertThat(WinogradPlan.ofDataGradient(three, Precision.FP32)).isNotNull();
    // The gradient of what pads more than its filter reaches is no convolution of this kind.
    WindowShape wide =
        WindowShape.of("conv2d", new double[] {8, 64, 14, 14, 64, 64, 3, 3, 1, 1, 3, 3});
    assertThat(WinogradPlan.of(wide, Precision.FP64)).isNotNull();
    assertThat(WinogradPlan.ofDataGradient(wide, Precision.FP64)).isNull();
  }
}
