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

/** Runs the three operations of a convolution, and compares them with their definition. */
final class ConvolutionChecks implements AutoCloseable {
  static final String[] OPCODES = {"conv2d", "conv2d_backward_filter", "conv2d_backward_data"};

  final Random random = new Random(20261127);
  final CountingAllocator allocator = new CountingAllocator();
  private final CpuDevice device = TestDevices.withOpenBlas();

  /** A whole number from -100 to 100. */
  double whole() {
    return random.nextInt(201) - 100;
  }

  DenseMatrix matrix(long rows, long cols, Precision precision, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.getAsDouble());
      }
    }
    return matrix;
  }

  /** The three operations on the same three matrices. */
  record Case(double[] numbers, DenseMatrix images, DenseMatrix filters, DenseMatrix gradients) {
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

  /**
   * Matrices for a shape: images, channels, height, width; filters, channels, extent; and so on.
   */
  Case given(double[] numbers, Precision precision, DoubleSupplier cells) {
    WindowShape shape = WindowShape.of("conv2d", numbers);
    return new Case(
        numbers,
        matrix(shape.images(), shape.inputCols(), precision, cells),
        matrix(shape.filters(), shape.patchCells(), precision, cells),
        matrix(shape.images(), shape.outputCols(), precision, cells));
  }

  double[][] run(int threads, int opcode, Case given) {
    DenseMatrix[] matrices = given.operands(opcode);
    double[] numbers = given.numbers();
    Operand[] operands = Arrays.copyOf(matrices, 2 + numbers.length, Operand[].class);
    for (int i = 0; i < numbers.length; i++) {
      operands[2 + i] = Scalar.of(numbers[i]);
    }
    Operation operation =
        new Operation(OperationTable.standard().get(OPCODES[opcode]), Attributes.none());
    if (matrices[0].precision() == Precision.FP32) {
      operation = operation.withPrecision(Precision.FP32);
    }
    ExecutionContext context = new ExecutionContext(allocator, threads);
    DenseMatrix result = (DenseMatrix) device.execute(operation, operands, context)[0];
    double[][] cells = Matrices.toArray(result);
    result.buffer().release();
    return cells;
  }

  private static String name(int opcode, Case given) {
    return OPCODES[opcode]
        + " of "
        + Arrays.toString(given.numbers())
        + " in "
        + given.images().precision();
  }

  /** Sums of small whole numbers are what they are by definition. */
  void checkWholeNumbers(double[] numbers, Precision precision) {
    Case given = given(numbers, precision, this::whole);
    for (int i = 0; i < OPCODES.length; i++) {
      assertThat(run(2, i, given)).as(name(i, given)).isDeepEqualTo(given.wanted(i));
    }
  }

  /** Others are close to the definition, with the same bits for any number of threads. */
  void checkOthers(double[] numbers, Precision precision, double tolerance) {
    Case given = given(numbers, precision, random::nextGaussian);
    for (int i = 0; i < OPCODES.length; i++) {
      double[][] found = run(1, i, given);
      assertThat(deviation(found, given.wanted(i))).as(name(i, given)).isLessThan(tolerance);
      for (int threads : new int[] {2, 5}) {
        assertThat(run(threads, i, given)).as(name(i, given)).isDeepEqualTo(found);
      }
    }
  }

  /** The largest difference, as a share of the largest cell. */
  static double deviation(double[][] found, double[][] wanted) {
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

  /** Tells whether a cell is what it should be. */
  @FunctionalInterface
  interface Check {
    boolean holds(double found, double wanted);
  }

  void checkCells(Case given, int opcode, String what, Check check) {
    double[][] found = run(2, opcode, given);
    double[][] wanted = given.wanted(opcode);
    for (int row = 0; row < wanted.length; row++) {
      for (int col = 0; col < wanted[row].length; col++) {
        if (!check.holds(found[row][col], wanted[row][col])) {
          assertThat(found[row][col])
              .as("%s, %s at %s, %s", what, name(opcode, given), row, col)
              .isEqualTo(wanted[row][col]);
        }
      }
    }
  }

  /** Where a window sees zeros alone its output is exactly zero. */
  void checkZeros(double[] numbers, Precision precision) {
    Case sparse =
        given(numbers, precision, () -> random.nextInt(300) == 0 ? random.nextGaussian() : 0);
    DenseMatrix filters =
        matrix(sparse.filters().rows(), sparse.filters().cols(), precision, random::nextGaussian);
    Case given = new Case(numbers, sparse.images(), filters, sparse.gradients());
    for (int i : new int[] {0, 2}) {
      checkCells(given, i, "zeros", (found, wanted) -> found == 0 == (wanted == 0));
    }
  }

  /** What overflows or is no number changes the outputs that see it alone. */
  void checkSpecialNumbers(double[] numbers, Precision precision) {
    double huge = precision == Precision.FP64 ? 1e300 : 1e30;
    Case given = given(numbers, precision, this::whole);
    long image = given.images().cols() / 4;
    long output = given.gradients().cols() / 5;
    double plain = given.gradients().get(1, output);
    for (double number : new double[] {Double.NEGATIVE_INFINITY, Double.NaN, huge}) {
      given.images().set(1, image, number);
      for (int i = 0; i < OPCODES.length; i++) {
        // Where the gradient of filters sees padding, it may be zero times infinity.
        given.gradients().set(1, output, i == 2 ? number : plain);
        checkCells(
            given,
            i,
            "with " + number,
            (found, wanted) ->
                Math.abs(wanted) < huge / 1e9
                    ? found == wanted
                    : Double.isFinite(found) == Double.isFinite(wanted));
      }
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
