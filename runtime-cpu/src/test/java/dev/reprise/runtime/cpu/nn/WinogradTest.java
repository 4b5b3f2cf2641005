package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.WindowShape;
import dev.reprise.testkit.ConvolutionReference;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Convolutions by tiles against their definition. */
class WinogradTest {
  private static final String[] OPCODES = {
    "conv2d", "conv2d_backward_filter", "conv2d_backward_data"
  };

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

  private final CpuDevice device = TestDevices.withOpenBlas();
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261127);

  @AfterEach
  void close() {
    device.close();
  }

  private double whole() {
    return random.nextInt(201) - 100;
  }

  private DenseMatrix matrix(long rows, long cols, Precision precision, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.getAsDouble());
      }
    }
    return matrix;
  }

  private DenseMatrix run(int threads, String opcode, double[] numbers, DenseMatrix... matrices) {
    Operand[] operands = Arrays.copyOf(matrices, 2 + numbers.length, Operand[].class);
    for (int i = 0; i < numbers.length; i++) {
      operands[2 + i] = Scalar.of(numbers[i]);
    }
    Operation operation = new Operation(OperationTable.standard().get(opcode), Attributes.none());
    if (matrices[0].precision() == Precision.FP32) {
      operation = operation.withPrecision(Precision.FP32);
    }
    ExecutionContext context = new ExecutionContext(allocator, threads);
    return (DenseMatrix) device.execute(operation, operands, context)[0];
  }

  /** The three operations on the same three matrices. */
  private record Case(
      double[] numbers, DenseMatrix images, DenseMatrix filters, DenseMatrix gradients) {
    DenseMatrix[] operands(int opcode) {
      return switch (opcode) {
        case 0 -> new DenseMatrix[] {images, filters};
        case 1 -> new DenseMatrix[] {images, gradients};
        default -> new DenseMatrix[] {filters, gradients};
      };
    }

    double[][] wanted(int opcode) {
      ConvolutionReference reference = new ConvolutionReference(WindowShape.of("conv2d", numbers));
      double[][] first = Matrices.toArray(operands(opcode)[0]);
      double[][] second = Matrices.toArray(operands(opcode)[1]);
      return switch (opcode) {
        case 0 -> reference.convolution(first, second);
        case 1 -> reference.filterGradient(first, second);
        default -> reference.dataGradient(first, second);
      };
    }
  }

  private Case random(double[] numbers, Precision precision, DoubleSupplier cells) {
    WindowShape shape = WindowShape.of("conv2d", numbers);
    assertThat(WinogradPlan.of(shape, Precision.FP64)).as("tiles of %s", shape).isNotNull();
    if (shape.padHeight() > 0 && shape.padWidth() > 0) {
      assertThat(WinogradPlan.ofDataGradient(shape, Precision.FP64))
          .as("tiles of %s", shape)
          .isNotNull();
    }
    return new Case(
        numbers,
        matrix(shape.images(), shape.inputCols(), precision, cells),
        matrix(shape.filters(), shape.patchCells(), precision, cells),
        matrix(shape.images(), shape.outputCols(), precision, cells));
  }

  @Test
  void sumsOfWholeNumbersAreExact() {
    for (double[] numbers : SHAPES) {
      Case given = random(numbers, Precision.FP64, this::whole);
      for (int i = 0; i < OPCODES.length; i++) {
        assertThat(Matrices.toArray(run(2, OPCODES[i], numbers, given.operands(i))))
            .as("%s of %s", OPCODES[i], Arrays.toString(numbers))
            .isDeepEqualTo(given.wanted(i));
      }
    }
  }

  private static double deviation(double[][] found, double[][] wanted) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < wanted[i].length; j++) {
        largest = Math.max(largest, Math.abs(wanted[i][j]));
        difference = Math.max(difference, Math.abs(found[i][j] - wanted[i][j]));
      }
    }
    return difference / largest;
  }

  @Test
  void othersAreCloseAndHaveTheSameBitsForAnyNumberOfThreads() {
    for (double[] numbers : new double[][] {SHAPES[0], SHAPES[3], SHAPES[6]}) {
      checkOthers(numbers, Precision.FP64, 1e-13);
    }
    assertThat(WinogradPlan.of(WindowShape.of("conv2d", WIDE), Precision.FP32)).isNotNull();
    checkOthers(WIDE, Precision.FP32, 1e-6);
  }

  private void checkOthers(double[] numbers, Precision precision, double tolerance) {
    Case given = random(numbers, precision, random::nextGaussian);
    for (int i = 0; i < OPCODES.length; i++) {
      double[][] found = Matrices.toArray(run(1, OPCODES[i], numbers, given.operands(i)));
      assertThat(deviation(found, given.wanted(i)))
          .as("%s of %s in %s", OPCODES[i], Arrays.toString(numbers), precision)
          .isLessThan(tolerance);
      for (int threads : new int[] {2, 5}) {
        assertThat(Matrices.toArray(run(threads, OPCODES[i], numbers, given.operands(i))))
            .isDeepEqualTo(found);
      }
    }
  }

  /** Tells whether a cell is what it should be. */
  @FunctionalInterface
  private interface Check {
    boolean holds(double found, double wanted);
  }

  private void checkCells(Case given, int opcode, String what, Check check) {
    double[][] found =
        Matrices.toArray(run(2, OPCODES[opcode], given.numbers(), given.operands(opcode)));
    double[][] wanted = given.wanted(opcode);
    for (int row = 0; row < wanted.length; row++) {
      for (int col = 0; col < wanted[row].length; col++) {
        if (!check.holds(found[row][col], wanted[row][col])) {
          assertThat(found[row][col])
              .as("%s, %s at %s, %s", what, OPCODES[opcode], row, col)
              .isEqualTo(wanted[row][col]);
        }
      }
    }
  }

  @Test
  void outputsThatSeeZerosAreExactlyZero() {
    for (double[] numbers : new double[][] {SHAPES[0], SHAPES[3]}) {
      Case sparse =
          random(
              numbers, Precision.FP64, () -> random.nextInt(300) == 0 ? random.nextGaussian() : 0);
      WindowShape shape = WindowShape.of("conv2d", numbers);
      DenseMatrix filters =
          matrix(shape.filters(), shape.patchCells(), Precision.FP64, random::nextGaussian);
      Case given = new Case(numbers, sparse.images(), filters, sparse.gradients());
      for (int i : new int[] {0, 2}) {
        checkCells(given, i, "zeros", (found, wanted) -> found == 0 == (wanted == 0));
      }
    }
  }

  @Test
  void whatOverflowsOrIsNoNumberStaysInItsWindows() {
    double[] special = {Double.NEGATIVE_INFINITY, Double.NaN, 1e300};
    Case given = random(SHAPES[0], Precision.FP64, this::whole);
    double plain = given.gradients().get(2, 77);
    for (double number : special) {
      given.images().set(1, 200, number);
      for (int i = 0; i < OPCODES.length; i++) {
        // The patches of the gradient of filters have zeros of padding, times infinity no number.
        given.gradients().set(2, 77, i == 2 ? number : plain);
        checkCells(
            given,
            i,
            "with " + number,
            (found, wanted) ->
                Math.abs(wanted) < 1e200
                    ? found == wanted
                    : Double.isFinite(found) == Double.isFinite(wanted));
      }
    }
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
