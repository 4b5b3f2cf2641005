package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.WindowPairs;
import dev.reprise.runtime.operation.WindowShape;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pooling of pairs has the bits of pooling of any windows. */
class PairedMaximaTest {
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261127);

  /** Ties, zeros of either sign, the ends of the range and what is no number. */
  private double cell(boolean numbersOnly) {
    return switch (random.nextInt(numbersOnly ? 11 : 12)) {
      case 0 -> Double.NEGATIVE_INFINITY;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> 0.0;
      case 3 -> -0.0;
      case 4 -> Double.MAX_VALUE;
      case 5 -> -Double.MAX_VALUE;
      case 6 -> Double.MIN_VALUE;
      case 7 -> random.nextInt(3) - 1;
      case 11 -> Double.NaN;
      default -> random.nextGaussian();
    };
  }

  private DenseMatrix matrix(long rows, long cols, boolean numbersOnly) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, Precision.FP64);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cell(numbersOnly));
      }
    }
    return matrix;
  }

  private static double[] cells(DenseMatrix matrix) {
    double[] cells = new double[(int) matrix.cells()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = matrix.get(i / matrix.cols(), i % matrix.cols());
    }
    return cells;
  }

  @Test
  void bothWaysHaveTheBitsOfAnyWindows() {
    for (int round = 0; round < 200; round++) {
      int height = 2 + random.nextInt(9);
      int width = 2 + random.nextInt(9);
      double[] numbers = {3, 2, height, width, 2, 2, 2, 2, 0, 0};
      WindowShape shape = WindowShape.of("max_pool", numbers);
      assertThat(PairedMaxima.fit(shape)).isTrue();
      DenseMatrix images = matrix(3, shape.inputCols(), round % 2 == 0);
      DenseMatrix gradients = matrix(3, shape.outputCols(), false);
      DenseMatrix wanted = matrix(3, shape.outputCols(), false);
      DenseMatrix found = matrix(3, shape.outputCols(), false);
      DenseMatrix wantedGradient = DenseMatrix.allocate(allocator, 3, shape.inputCols());
      wantedGradient.segment().fill((byte) 0);
      DenseMatrix foundGradient = matrix(3, shape.inputCols(), false);
      Pooling.Windows windows = Pooling.Windows.of(shape);
      for (int plane = 0; plane < 6; plane++) {
        long in = plane * shape.planeCells();
        long out = plane * shape.outCells();
        new MaxPooling().forward(windows, images.segment(), in, wanted.segment(), out);
        new MaxPooling()
            .backward(
                windows, images.segment(), gradients.segment(), out, wantedGradient.segment(), in);
      }
      PairedMaxima.forward(shape, images, found, 0, 4);
      PairedMaxima.forward(shape, images, found, 4, 6);
      PairedMaxima.backward(shape, windows, images, gradients, foundGradient, 0, 1);
      PairedMaxima.backward(shape, windows, images, gradients, foundGradient, 1, 6);
      assertThat(cells(found)).as("%s", shape).isEqualTo(cells(wanted));
      assertThat(cells(foundGradient)).as("%s", shape).isEqualTo(cells(wantedGradient));
    }
  }

  private DenseMatrix as(Precision precision, DenseMatrix matrix) {
    return matrix.converted(precision, allocator);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void bothWaysByCodeAndInArraysHaveTheBitsOfAnyWindows(Precision precision) {
    for (int round = 0; round < 200; round++) {
      int height = 2 + random.nextInt(5);
      int width = 2 + random.nextInt(24);
      WindowShape shape =
          WindowShape.of("max_pool", new double[] {1, 3, height, width, 2, 2, 2, 2, 0, 0});
      Pooling.Windows windows = Pooling.Windows.of(shape);
      DenseMatrix images = as(precision, matrix(1, shape.inputCols(), round % 3 != 0));
      DenseMatrix gradients = as(precision, matrix(1, shape.outputCols(), false));
      double[] largest = wanted(new MaxPooling(), shape, images, gradients);
      DenseMatrix found = as(precision, matrix(1, shape.inputCols(), false));
      PairedMaxima.backward(shape, windows, images, gradients, found, 0, 3);
      assertThat(cells(found)).as("%s", shape).isEqualTo(largest);
      DenseMatrix pooled = as(precision, matrix(1, shape.outputCols(), false));
      DenseMatrix pooledInArrays = as(precision, matrix(1, shape.outputCols(), false));
      PairedMaxima.forward(shape, images, pooled, 0, 3);
      PairedMaxima.forwardInArrays(shape, images, pooledInArrays, 0, 3);
      assertThat(cells(pooled)).as("%s", shape).isEqualTo(cells(pooledInArrays));
      DenseMatrix inArrays = as(precision, matrix(1, shape.inputCols(), false));
      PairedMaxima.spread(shape, windows, images, gradients, inArrays, 0, 3);
      assertThat(cells(inArrays)).as("%s", shape).isEqualTo(largest);
      if (CellFunction.areThere()) {
        new PairedGradient(WindowPairs.MEANS, shape, images, gradients, found).run(0, 3, _ -> {});
        assertThat(cells(found))
            .as("%s", shape)
            .isEqualTo(wanted(new AveragePooling(), shape, images, gradients));
      }
    }
  }

  /** By the pooling of any windows, of doubles, rounded. */
  private double[] wanted(
      Pooling pooling, WindowShape shape, DenseMatrix images, DenseMatrix gradients) {
    DenseMatrix dx = DenseMatrix.allocate(allocator, 1, shape.inputCols());
    dx.segment().fill((byte) 0);
    for (int plane = 0; plane < 3; plane++) {
      pooling.backward(
          Pooling.Windows.of(shape),
          as(Precision.FP64, images).segment(),
          as(Precision.FP64, gradients).segment(),
          plane * shape.outCells(),
          dx.segment(),
          plane * shape.planeCells());
    }
    return cells(as(images.precision(), dx));
  }
}
