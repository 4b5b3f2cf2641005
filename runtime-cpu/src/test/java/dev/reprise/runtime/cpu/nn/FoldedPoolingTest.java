package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.WindowFolds;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.WindowShape;
import dev.reprise.testkit.CountingAllocator;
import java.util.Arrays;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Poolings of any windows have the bits of {@link PooledWindows}, by machine code or without. */
class FoldedPoolingTest {
  private static final int IMAGES = 2;
  private static final int CHANNELS = 3;

  /** About the borders of vectors, of what a call takes, and of what there is code for. */
  private static final int[][] SHAPES = {
    // height, width, window, stride, padding
    {7, 7, 7, 7, 7, 7, 0, 0},
    {28, 28, 28, 28, 28, 28, 0, 0},
    {28, 28, 3, 3, 2, 2, 1, 1},
    {29, 31, 3, 3, 1, 1, 1, 1},
    {14, 16, 2, 2, 1, 1, 0, 0},
    {15, 17, 5, 5, 3, 3, 2, 2},
    {1, 300, 1, 40, 1, 40, 0, 0},
    {300, 1, 40, 1, 7, 1, 3, 0},
    {3, 700, 2, 9, 3, 23, 1, 4},
    {90, 210, 11, 5, 1, 1, 5, 2},
    {90, 210, 11, 5, 2, 1, 5, 2},
    {70, 256, 3, 3, 2, 2, 1, 1},
    {3, 5000, 2, 3, 1, 2, 0, 1},
    {2, 17_000, 2, 3, 1, 2, 0, 1},
    {6, 6, 2, 2, 3, 3, 2, 2},
    {5, 6, 2, 3, 4, 5, 0, 0},
    {5, 5, 3, 3, 1, 1, 3, 3},
    {80, 80, 30, 30, 1, 1, 0, 0},
    {100, 100, 64, 64, 1, 1, 0, 0}
  };

  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261130);

  /** What cells are. */
  private enum Cells {
    NORMAL,
    FEW_NUMBERS_AND_BOTH_ZEROS,
    INFINITIES,
    SOME_NAN,
    MOSTLY_NAN;

    double next(Random random) {
      return switch (this) {
        case NORMAL -> random.nextGaussian();
        case FEW_NUMBERS_AND_BOTH_ZEROS -> random.nextInt(-1, 2) * (random.nextInt(2) - 0.5);
        case INFINITIES -> random.nextInt(3) == 0 ? random.nextInt(-9, 2) / 0.0 : random.nextInt(3);
        case SOME_NAN -> random.nextInt(30) == 0 ? Double.NaN : random.nextGaussian();
        case MOSTLY_NAN ->
            random.nextInt(3) > 0 ? Double.NaN : random.nextInt(2) == 0 ? -1 / 0.0 : -0.0;
      };
    }
  }

  private DenseMatrix matrix(long rows, long cols, Precision precision, Cells cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < matrix.cells(); i++) {
      matrix.set(0, i, cells.next(random));
    }
    return matrix;
  }

  private static double[] cells(DenseMatrix matrix, long from, long count) {
    double[] cells = new double[(int) count];
    Arrays.setAll(cells, i -> matrix.get(0, from + i));
    return cells;
  }

  private WindowShape randomShape() {
    while (true) {
      int[] sizes = {
        1 + random.nextInt(20),
        1 + random.nextInt(40),
        1 + random.nextInt(7),
        1 + random.nextInt(7),
        1 + random.nextInt(5),
        1 + random.nextInt(random.nextInt(8) == 0 ? 20 : 5),
        random.nextInt(4),
        random.nextInt(4)
      };
      if (sizes[0] + 2 * sizes[6] >= sizes[2] && sizes[1] + 2 * sizes[7] >= sizes[3]) {
        return shape(sizes);
      }
    }
  }

  private static double[] numbers(WindowShape shape) {
    return new double[] {
      IMAGES,
      CHANNELS,
      shape.height(),
      shape.width(),
      shape.filterHeight(),
      shape.filterWidth(),
      shape.strideHeight(),
      shape.strideWidth(),
      shape.padHeight(),
      shape.padWidth()
    };
  }

  private static WindowShape shape(int... sizes) {
    double[] numbers = new double[10];
    numbers[0] = IMAGES;
    numbers[1] = CHANNELS;
    for (int i = 0; i < sizes.length; i++) {
      numbers[2 + i] = sizes[i];
    }
    return WindowShape.of("max_pool", numbers);
  }

  /** Tests the poolings of some images, in one way. */
  @FunctionalInterface
  private interface Check {
    void of(WindowShape shape, DenseMatrix images, DenseMatrix gradients);
  }

  private void checkMany(Precision precision, int rounds, Check check) {
    for (int[] sizes : SHAPES) {
      check(shape(sizes), precision, Cells.NORMAL, check);
      check(shape(sizes), precision, Cells.FEW_NUMBERS_AND_BOTH_ZEROS, check);
      check(shape(sizes), precision, Cells.INFINITIES, check);
    }
    for (int round = 0; round < rounds; round++) {
      Cells cells = Cells.values()[round % Cells.values().length];
      check(randomShape(), precision, cells, check);
    }
  }

  private void check(WindowShape shape, Precision precision, Cells cells, Check check) {
    DenseMatrix images = matrix(IMAGES, shape.inputCols(), precision, cells);
    DenseMatrix gradients = matrix(IMAGES, shape.outputCols(), precision, cells);
    check.of(shape, images, gradients);
    images.buffer().release();
    gradients.buffer().release();
  }

  /** The wanted cells of a channel, by the builtin that finds them. */
  private static double[] wanted(String opcode, PooledWindows windows, double[] gradients) {
    return switch (opcode) {
      case "max_pool" -> windows.largest();
      case "avg_pool" -> windows.means();
      case "max_pool_backward" -> windows.largestGradient(gradients);
      default -> windows.meansGradient(gradients);
    };
  }

  private static void assertBits(
      String opcode,
      WindowShape shape,
      DenseMatrix images,
      DenseMatrix gradients,
      DenseMatrix found) {
    for (long plane = 0; plane < IMAGES * CHANNELS; plane++) {
      double[] cells = cells(images, plane * shape.planeCells(), shape.planeCells());
      double[] dout = cells(gradients, plane * shape.outCells(), shape.outCells());
      double[] wanted = wanted(opcode, new PooledWindows(shape, cells), dout);
      if (found.precision() == Precision.FP32) {
        wanted = PooledWindows.asFloats(wanted);
      }
      assertThat(cells(found, plane * wanted.length, wanted.length))
          .as("%s of %s", opcode, shape)
          .isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void builtinsHaveTheBitsForAnyNumberOfThreads(Precision precision) {
    try (CpuDevice device = TestDevices.withoutOpenBlas()) {
      checkMany(
          precision,
          150,
          (shape, images, gradients) -> {
            for (int threads : new int[] {1, 4}) {
              ExecutionContext context = new ExecutionContext(allocator, threads);
              for (String opcode : new String[] {"max_pool", "avg_pool"}) {
                checkBuiltin(device, context, opcode, shape, images, gradients);
                checkBuiltin(device, context, opcode + "_backward", shape, images, gradients);
              }
            }
          });
    }
  }

  private static void checkBuiltin(
      CpuDevice device,
      ExecutionContext context,
      String opcode,
      WindowShape shape,
      DenseMatrix images,
      DenseMatrix gradients) {
    Operand[] matrices =
        opcode.endsWith("backward") ? new Operand[] {images, gradients} : new Operand[] {images};
    double[] numbers = numbers(shape);
    Operand[] inputs = Arrays.copyOf(matrices, matrices.length + numbers.length);
    Arrays.setAll(
        inputs, i -> i < matrices.length ? matrices[i] : Scalar.of(numbers[i - matrices.length]));
    Operation operation =
        new Operation(OperationTable.standard().get(opcode), Attributes.none())
            .withPrecision(images.precision());
    DenseMatrix found = (DenseMatrix) device.execute(operation, inputs, context)[0];
    assertThat(found.precision()).isEqualTo(images.precision());
    assertBits(opcode, shape, images, gradients, found);
    found.buffer().release();
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void loopsInJavaHaveThem(Precision precision) {
    checkMany(
        precision,
        150,
        (shape, images, gradients) -> {
          boolean areSmall =
              ChannelCells.areSmall(precision, Math.max(shape.planeCells(), shape.outCells()));
          if (areSmall) {
            checkLoops("max_pool", new MaxPooling(), shape, images, gradients);
            checkLoops("avg_pool", new AveragePooling(), shape, images, gradients);
          }
        });
  }

  private void checkLoops(
      String opcode,
      Pooling pooling,
      WindowShape shape,
      DenseMatrix images,
      DenseMatrix gradients) {
    ChannelPooling channels = new ChannelPooling(pooling, shape);
    DenseMatrix out = matrix(IMAGES, shape.outputCols(), images.precision(), Cells.NORMAL);
    channels.forward(images, out, 0, 2);
    channels.forward(images, out, 2, IMAGES * CHANNELS);
    assertBits(opcode, shape, images, gradients, out);
    DenseMatrix dx = matrix(IMAGES, shape.inputCols(), images.precision(), Cells.NORMAL);
    channels.backward(images, gradients, dx, 0, 5);
    channels.backward(images, gradients, dx, 5, IMAGES * CHANNELS);
    assertBits(opcode + "_backward", shape, images, gradients, dx);
    out.buffer().release();
    dx.buffer().release();
  }

  /** Where nothing else may take a channel over. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void codeRefusesWindowsOfNothingButMinusInfinityAlone(Precision precision) {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    LongConsumer never = plane -> assertThat(plane).as("refused").isNegative();
    checkMany(
        precision,
        150,
        (shape, images, gradients) -> {
          for (WindowFolds kind : new WindowFolds[] {WindowFolds.LARGEST, WindowFolds.MEANS}) {
            if (kind.fit(shape)) {
              DenseMatrix out = matrix(IMAGES, shape.outputCols(), precision, Cells.NORMAL);
              new FoldedPooling(kind, shape).forward(images, out, 0, IMAGES * CHANNELS, never);
              String opcode = kind == WindowFolds.LARGEST ? "max_pool" : "avg_pool";
              assertBits(opcode, shape, images, gradients, out);
              out.buffer().release();
            }
          }
          if (WindowFolds.LARGEST_GRADIENTS.fit(shape)) {
            DenseMatrix dx = matrix(IMAGES, shape.inputCols(), precision, Cells.NORMAL);
            new FoldedPooling(WindowFolds.LARGEST_GRADIENTS, shape)
                .backward(
                    images,
                    gradients,
                    dx,
                    0,
                    IMAGES * CHANNELS,
                    plane -> {
                      long cells = shape.planeCells();
                      double[] of = cells(images, plane * cells, cells);
                      assertThat(new PooledWindows(shape, of).hasWindowWithoutPlace()).isTrue();
                    });
            dx.buffer().release();
          }
        });
  }
}
