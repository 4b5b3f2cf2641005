package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.operation.WindowShape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions by generated code against their definition. */
class DirectConvolutionTest {
  /**
   * Images, channels, height, width; filters, channels, extent; stride, padding; dilation, groups.
   */
  private static final double[][] SHAPES = {
    {5, 9, 8, 10, 16, 9, 5, 5, 1, 1, 2, 2},
    {4, 13, 9, 7, 13, 13, 3, 4, 1, 1, 0, 0},
    {3, 16, 12, 11, 32, 16, 3, 3, 2, 3, 1, 2},
    {3, 3, 20, 21, 24, 3, 7, 7, 2, 2, 3, 3},
    {2, 17, 14, 15, 28, 17, 3, 3, 1, 1, 2, 2, 2, 3, 1},
    {4, 30, 6, 6, 36, 10, 3, 3, 1, 1, 1, 1, 1, 1, 3},
    {2, 12, 5, 5, 14, 12, 5, 5, 1, 1, 6, 4},
    {40, 12, 3, 3, 14, 12, 3, 3, 1, 1, 0, 0},
    {1, 16, 301, 40, 16, 16, 3, 3, 1, 1, 1, 1},
    {3, 24, 6, 7, 70, 24, 2, 2, 1, 1, 1, 1}
  };

  private final ConvolutionChecks checks = new ConvolutionChecks();

  @BeforeEach
  void needsGeneratedCode() {
    assumeTrue(PanelSums.find(Precision.FP32) != null, "a processor with AVX2 and FMA, on Linux");
  }

  @AfterEach
  void close() {
    checks.close();
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void sumsOfWholeNumbersAreExact(Precision precision) {
    for (double[] numbers : SHAPES) {
      WindowShape shape = WindowShape.of("conv2d", numbers);
      assertThat(DirectPlan.of(shape, precision)).as("direct %s", shape).isNotNull();
      checks.checkWholeNumbers(numbers, precision);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void othersAreCloseAndHaveTheSameBitsForAnyNumberOfThreads(Precision precision) {
    for (double[] numbers : SHAPES) {
      checks.checkOthers(numbers, precision, precision == Precision.FP64 ? 1e-14 : 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void outputsThatSeeZerosAreExactlyZero(Precision precision) {
    checks.checkZeros(SHAPES[0], precision);
    checks.checkZeros(SHAPES[4], precision);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void whatOverflowsOrIsNoNumberStaysInItsWindows(Precision precision) {
    checks.checkSpecialNumbers(SHAPES[1], precision);
    checks.checkSpecialNumbers(SHAPES[7], precision);
  }

  /**
   * The gradient of images is summed without padding, which would make NaN of an infinite filter.
   */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void infiniteFiltersMeetNoZerosAroundGradients(Precision precision) {
    for (double[] numbers : new double[][] {SHAPES[0], SHAPES[4]}) {
      ConvolutionChecks.Case given = checks.given(numbers, precision, checks::whole);
      given.filters().set(1, 3, Double.POSITIVE_INFINITY);
      checks.checkCells(
          given, 2, "infinite", (found, wanted) -> Double.compare(found, wanted) == 0);
    }
  }

  /** Whose square is no int. */
  @Test
  void rowsMayBeLong() {
    checks.checkWholeNumbers(
        new double[] {1, 2, 1, 120_000, 16, 2, 1, 24, 1, 1, 0, 12}, Precision.FP32);
  }

  /** A short last panel, bands of an image, and several sums of a gradient. */
  @Test
  void shapesOfTheTestAreCutInAllWays() {
    DirectPlan banded = plan(SHAPES[8]);
    assertThat(banded.bands()).isGreaterThan(1);
    assertThat(banded.planes().outHeight() % banded.rowsPerStep()).isNotZero();
    assertThat(plan(SHAPES[9]).paddedTargets()).isGreaterThan(plan(SHAPES[9]).planes().targets());
    assertThat(DirectPlan.ofDataGradient(WindowShape.of("conv2d", SHAPES[6]), Precision.FP32))
        .satisfies(plan -> assertThat(plan.planes().padTop()).isNegative());
    assertThat(DirectPlan.ofDataGradient(WindowShape.of("conv2d", SHAPES[2]), Precision.FP32))
        .isNull();
  }

  private static DirectPlan plan(double[] numbers) {
    return DirectPlan.of(WindowShape.of("conv2d", numbers), Precision.FP32);
  }

  @Test
  void whatDoesNotPayIsLeftToProducts() {
    double[][] left = {
      {8, 64, 14, 14, 64, 64, 1, 1, 1, 1, 0, 0},
      {8, 1, 28, 28, 32, 1, 5, 5, 1, 1, 2, 2},
      {8, 64, 14, 14, 64, 1, 3, 3, 1, 1, 1, 1, 1, 1, 64},
      {8, 64, 14, 14, 4, 64, 3, 3, 1, 1, 1, 1},
      {0, 64, 14, 14, 64, 64, 3, 3, 1, 1, 1, 1}
    };
    for (double[] numbers : left) {
      assertThat(plan(numbers)).isNull();
    }
  }
}
