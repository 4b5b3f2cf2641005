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
import dev.reprise.testkit.CountingAllocator;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Convolutions of floats in single precision against the same in double. */
class FloatConvolutionTest {
  private final CpuDevice device = TestDevices.withOpenBlas();
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261128);

  @AfterEach
  void close() {
    device.close();
  }

  private static Operation narrow(String opcode) {
    return new Operation(OperationTable.standard().get(opcode), Attributes.none())
        .withPrecision(Precision.FP32);
  }

  private DenseMatrix floats(long rows, long cols, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, Precision.FP32);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.getAsDouble());
      }
    }
    return matrix;
  }

  /** Small integers: sums are exact in either width, whatever their order. */
  private double integer() {
    return random.nextInt(7) - 3.0;
  }

  private static DenseMatrix run(
      CpuDevice device, CountingAllocator allocator, int threads, String opcode, Operand[] inputs) {
    ExecutionContext context = new ExecutionContext(allocator, threads);
    return (DenseMatrix) device.execute(narrow(opcode), inputs, context)[0];
  }

  private DenseMatrix run(int threads, String opcode, Operand[] inputs) {
    return run(device, allocator, threads, opcode, inputs);
  }

  /** Not all operands are floats, so no kernel for floats takes them. */
  private DenseMatrix runWidened(String opcode, Operand[] inputs) {
    Operand[] wide = inputs.clone();
    for (int i = 0; i < 2; i++) {
      wide[i] = ((DenseMatrix) wide[i]).converted(Precision.FP64, allocator);
    }
    return run(1, opcode, wide);
  }

  private static double[] cells(DenseMatrix matrix) {
    assertThat(matrix.precision()).isEqualTo(Precision.FP32);
    double[] cells = new double[(int) matrix.cells()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = matrix.get(i / matrix.cols(), i % matrix.cols());
    }
    return cells;
  }

  private static Operand[] operands(DenseMatrix first, DenseMatrix second, double[] numbers) {
    Operand[] operands = new Operand[2 + numbers.length];
    operands[0] = first;
    operands[1] = second;
    for (int i = 0; i < numbers.length; i++) {
      operands[2 + i] = Scalar.of(numbers[i]);
    }
    return operands;
  }

  /** The three operations of a shape, each with its operands. */
  private Operand[][] calls(double[] numbers, DoubleSupplier cells) {
    WindowShape shape = WindowShape.of("conv2d", numbers);
    DenseMatrix images = floats(shape.images(), shape.inputCols(), cells);
    DenseMatrix filters = floats(shape.filters(), shape.patchCells(), cells);
    DenseMatrix dout = floats(shape.images(), shape.outputCols(), cells);
    return new Operand[][] {
      operands(images, filters, numbers),
      operands(images, dout, numbers),
      operands(filters, dout, numbers)
    };
  }

  private static final String[] OPCODES = {
    "conv2d", "conv2d_backward_filter", "conv2d_backward_data"
  };

  /** Images, channels, height, width; filters, their channels and extent; stride and more. */
  private double[] randomShape() {
    int groups = 1 + random.nextInt(3);
    int channels = groups * (1 + random.nextInt(4));
    int height = 1 + random.nextInt(3);
    int width = 1 + random.nextInt(3);
    int dilation = 1 + random.nextInt(2);
    boolean single = random.nextBoolean();
    return new double[] {
      random.nextInt(40),
      channels,
      dilation * height + random.nextInt(9),
      dilation * width + random.nextInt(9),
      groups * (1 + random.nextInt(4)),
      channels / groups,
      height,
      width,
      single ? 1 : 1 + random.nextInt(2),
      single ? 1 : 1 + random.nextInt(3),
      random.nextInt(3),
      random.nextInt(3),
      dilation,
      dilation,
      groups
    };
  }

  @Test
  void sumsThatAreExactAreThoseOfDoublesForAnyShapeAndNumberOfThreads() {
    for (int round = 0; round < 150; round++) {
      double[] numbers = randomShape();
      Operand[][] calls = calls(numbers, this::integer);
      for (int i = 0; i < calls.length; i++) {
        double[] wanted = cells(runWidened(OPCODES[i], calls[i]));
        for (int threads : new int[] {1, 2, 5}) {
          assertThat(cells(run(threads, OPCODES[i], calls[i])))
              .as("%s of %s with %s threads", OPCODES[i], Arrays.toString(numbers), threads)
              .isEqualTo(wanted);
        }
      }
    }
  }

  @Test
  void othersAreCloseToThoseOfDoublesAndEqualForAnyNumberOfThreads() {
    double[] numbers = {64, 32, 14, 14, 48, 32, 5, 5, 1, 1, 2, 2};
    Operand[][] calls = calls(numbers, random::nextDouble);
    for (int i = 0; i < calls.length; i++) {
      double[] wanted = cells(runWidened(OPCODES[i], calls[i]));
      double[] found = cells(run(1, OPCODES[i], calls[i]));
      double largest = 0;
      for (int k = 0; k < wanted.length; k++) {
        largest = Math.max(largest, Math.abs(found[k] - wanted[k]) / wanted[k]);
      }
      // All terms are positive. Zero would mean that doubles were computed after all.
      assertThat(largest).as(OPCODES[i]).isBetween(1e-8, 2e-6);
      assertThat(cells(run(2, OPCODES[i], calls[i]))).isEqualTo(found);
    }
  }

  @Test
  void withoutProductsOfFloatsDoublesAreComputed() {
    double[] numbers = {3, 4, 7, 6, 5, 4, 3, 3, 1, 1, 1, 1};
    Operand[][] calls = calls(numbers, random::nextDouble);
    try (CpuDevice plain = TestDevices.withoutOpenBlas()) {
      for (int i = 0; i < calls.length; i++) {
        Operand[] wide = calls[i].clone();
        wide[0] = ((DenseMatrix) wide[0]).converted(Precision.FP64, allocator);
        assertThat(cells(run(plain, allocator, 2, OPCODES[i], calls[i])))
            .isEqualTo(cells(run(plain, allocator, 1, OPCODES[i], wide)));
      }
    }
  }
}
