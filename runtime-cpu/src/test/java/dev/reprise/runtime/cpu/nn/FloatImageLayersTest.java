package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.WidenedOperands;
import dev.reprise.runtime.operation.WindowShape;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers over images of floats against the same in double. */
class FloatImageLayersTest {
  private final CpuDevice device = TestDevices.withOpenBlas();
  private final WidenedOperands operands = new WidenedOperands(device, 20261128);
  private final Random random = new Random(20261128);

  @AfterEach
  void close() {
    device.close();
  }

  /** Small integers: sums are exact in either width, whatever their order. */
  private double integer() {
    return random.nextInt(7) - 3.0;
  }

  private double[] found(int threads, String opcode, Operand[] inputs) {
    return cells(operands.run(threads, opcode, inputs));
  }

  private double[] wanted(String opcode, Operand[] inputs) {
    return cells(operands.runWidened(opcode, inputs));
  }

  private static double[] cells(Operand[] outputs) {
    DenseMatrix matrix = (DenseMatrix) outputs[0];
    assertThat(matrix.precision()).isEqualTo(Precision.FP32);
    double[] cells = new double[(int) matrix.cells()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = matrix.get(i / matrix.cols(), i % matrix.cols());
    }
    return cells;
  }

  private static Operand[] inputs(DenseMatrix first, DenseMatrix second, double[] numbers) {
    Operand[] inputs = new Operand[2 + numbers.length];
    inputs[0] = first;
    inputs[1] = second;
    for (int i = 0; i < numbers.length; i++) {
      inputs[2 + i] = Scalar.of(numbers[i]);
    }
    return inputs;
  }

  /** The three operations of a shape, each with its operands. */
  private Operand[][] calls(double[] numbers, DoubleSupplier cells) {
    WindowShape shape = WindowShape.of("conv2d", numbers);
    DenseMatrix images = operands.floats(shape.images(), shape.inputCols(), cells);
    DenseMatrix filters = operands.floats(shape.filters(), shape.patchCells(), cells);
    DenseMatrix dout = operands.floats(shape.images(), shape.outputCols(), cells);
    return new Operand[][] {
      inputs(images, filters, numbers),
      inputs(images, dout, numbers),
      inputs(filters, dout, numbers)
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
        double[] wanted = wanted(OPCODES[i], calls[i]);
        for (int threads : new int[] {1, 2, 5}) {
          assertThat(found(threads, OPCODES[i], calls[i]))
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
      double[] wanted = wanted(OPCODES[i], calls[i]);
      double[] found = found(1, OPCODES[i], calls[i]);
      double largest = 0;
      for (int k = 0; k < wanted.length; k++) {
        largest = Math.max(largest, Math.abs(found[k] - wanted[k]) / wanted[k]);
      }
      // All terms are positive. Zero would mean that doubles were computed after all.
      assertThat(largest).as(OPCODES[i]).isBetween(1e-8, 2e-6);
      assertThat(found(2, OPCODES[i], calls[i])).isEqualTo(found);
    }
  }

  @Test
  void withoutProductsOfFloatsDoublesAreComputed() {
    double[] numbers = {3, 4, 7, 6, 5, 4, 3, 3, 1, 1, 1, 1};
    Operand[][] calls = calls(numbers, random::nextDouble);
    try (CpuDevice plain = TestDevices.withoutOpenBlas()) {
      WidenedOperands plainly = new WidenedOperands(plain, 20261128);
      for (int i = 0; i < calls.length; i++) {
        assertThat(cells(plainly.run(2, OPCODES[i], calls[i])))
            .isEqualTo(cells(plainly.runWidened(OPCODES[i], calls[i])));
      }
    }
  }

  /** All that pooling treats in its own way, and ties. */
  private double anyNumber() {
    return switch (random.nextInt(12)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> -0.0;
      case 4, 5, 6 -> integer();
      default -> random.nextGaussian();
    };
  }

  @Test
  void poolingsHaveTheBitsOfDoublesRounded() {
    for (int round = 0; round < 150; round++) {
      double[] numbers = {
        random.nextInt(5),
        1 + random.nextInt(4),
        3 + random.nextInt(9),
        3 + random.nextInt(9),
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        random.nextInt(3),
        random.nextInt(3)
      };
      checkPoolings(numbers);
    }
  }

  /** The second does not fit into the copy of a channel. */
  @Test
  void soHaveThoseOfLargeChannels() {
    checkPoolings(new double[] {2, 1, 255, 257, 2, 2, 2, 2, 0, 0});
    checkPoolings(new double[] {2, 1, 257, 257, 2, 2, 2, 2, 0, 0});
  }

  private void checkPoolings(double[] numbers) {
    WindowShape shape = WindowShape.of("max_pool", numbers);
    DenseMatrix images = operands.floats(shape.images(), shape.inputCols(), this::anyNumber);
    DenseMatrix dout = operands.floats(shape.images(), shape.outputCols(), random::nextGaussian);
    Operand[] backward = inputs(images, dout, numbers);
    Operand[] forward = new Operand[backward.length - 1];
    forward[0] = images;
    System.arraycopy(backward, 2, forward, 1, numbers.length);
    for (String opcode : new String[] {"max_pool", "avg_pool"}) {
      operands.assertSameBits(opcode, forward);
      operands.assertSameBits(opcode + "_backward", backward);
    }
  }

  @Test
  void biasesHaveTheBitsOfDoublesRounded() {
    for (int[] sizes :
        new int[][] {{1, 1, 1}, {7, 3, 5}, {40, 2, 3000}, {0, 2, 4}, {200, 32, 49}}) {
      DenseMatrix x = operands.floats(sizes[0], (long) sizes[1] * sizes[2], this::anyNumber);
      DenseMatrix bias = operands.floats(sizes[1], 1, random::nextGaussian);
      for (String opcode : new String[] {"bias_add", "bias_multiply"}) {
        operands.assertSameBits(opcode, x, bias);
      }
    }
  }

  @Test
  void noOperandIsCopiedAsAWhole() {
    DenseMatrix images = operands.floats(16, 4 * 20 * 20, random::nextGaussian);
    DenseMatrix bias = operands.floats(4, 1, random::nextGaussian);
    double[] pool = {16, 4, 20, 20, 2, 2, 2, 2, 0, 0};
    DenseMatrix dout = operands.floats(16, 4 * 10 * 10, random::nextGaussian);
    Operand[] backward = inputs(images, dout, pool);
    Operand[] forward = Arrays.copyOfRange(backward, 1, backward.length);
    forward[0] = images;
    for (String opcode : new String[] {"bias_add", "bias_multiply"}) {
      operands.runWithin(images.bytes(), opcode, images, bias);
    }
    for (String opcode : new String[] {"max_pool", "avg_pool"}) {
      operands.runWithin(images.bytes(), opcode, forward);
      operands.runWithin(images.bytes(), opcode + "_backward", backward);
    }
  }
}
