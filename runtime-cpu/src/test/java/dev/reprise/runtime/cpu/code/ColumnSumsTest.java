package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sums of columns in machine code have the bits of the same operations one after the other. */
class ColumnSumsTest {
  private static final int TOGETHER = ColumnSums.GROUP_ROWS;

  private final Random random = new Random(20261128);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @Test
  void everyNumberOfColumnsAndRows() {
    for (int cols = 1; cols <= 41; cols++) {
      for (int rows = 1; rows <= 35; rows++) {
        check(rows, cols, cols + random.nextInt(3), false);
      }
    }
  }

  @Test
  void manyRowsTakeSeveralCalls() {
    check(20_011, 7, 7, false);
    check(700, 1024, 1500, false);
  }

  @Test
  void infinitiesZerosAndNumbersOfAllSizes() {
    for (int i = 0; i < 40; i++) {
      check(100, 23, 23, true);
    }
  }

  private double cell(boolean isOdd) {
    if (!isOdd) {
      return random.nextGaussian();
    }
    return switch (random.nextInt(40)) {
      case 0 -> Double.POSITIVE_INFINITY;
      case 1 -> -0.0;
      case 2 -> 0;
      default -> (float) (random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30));
    };
  }

  private void check(int rows, int cols, int step, boolean isOdd) {
    double[][] cells = new double[rows][step];
    for (double[] row : cells) {
      for (int j = 0; j < step; j++) {
        row[j] = cell(isOdd);
      }
    }
    check(Precision.FP64, cells, cols);
    for (double[] row : cells) {
      for (int j = 0; j < step; j++) {
        row[j] = (float) row[j];
      }
    }
    check(Precision.FP32, cells, cols);
  }

  private static void check(Precision precision, double[][] cells, int cols) {
    int step = cells[0].length;
    int bytes = precision.bytesPerCell();
    try (Arena arena = Arena.ofConfined()) {
      // As long as its cells, so that what is read behind them is likely to be seen.
      MemorySegment memory = arena.allocate((long) cells.length * step * bytes, bytes);
      for (int i = 0; i < cells.length; i++) {
        for (int j = 0; j < step; j++) {
          if (precision == Precision.FP64) {
            memory.setAtIndex(ValueLayout.JAVA_DOUBLE, (long) i * step + j, cells[i][j]);
          } else {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * step + j, (float) cells[i][j]);
          }
        }
      }
      compare(new ColumnSums(precision, cols), memory, bytes, cells, null);
      double[] centers = cells[cells.length / 2];
      double[] own = Arrays.copyOf(centers, cols);
      compare(ColumnSums.ofSquares(precision, own), memory, bytes, cells, centers);
    }
  }

  private static void compare(
      ColumnSums code, MemorySegment memory, int bytes, double[][] cells, double[] centers) {
    int step = cells[0].length;
    code.add(memory.address(), (long) step * bytes, cells.length);
    int cols = code.cols();
    double[] sums = new double[cols];
    double[] lost = new double[cols];
    code.get(sums, lost);
    for (int j = 0; j < cols; j++) {
      double[] wanted = sum(cells, j, centers);
      // Boxed, so that one NaN is the other.
      Double sum = wanted[0];
      Double loss = wanted[1];
      assertThat(sums[j]).as("column %d of %d", j, cols).isEqualTo(sum);
      assertThat(lost[j]).as("loss of column %d of %d", j, cols).isEqualTo(loss);
    }
  }

  /** A sum, of squared distances if there are centers, and what it lost. */
  private static double[] sum(double[][] cells, int j, double[] centers) {
    double sum = 0;
    double lost = 0;
    for (int from = 0; from < cells.length; from += TOGETHER) {
      double value = 0;
      for (int i = from; i < Math.min(cells.length, from + TOGETHER); i++) {
        double distance = centers == null ? 0 : cells[i][j] - centers[j];
        value += centers == null ? cells[i][j] : distance * distance;
      }
      double next = sum + value;
      double part = next - sum;
      lost += (sum - (next - part)) + (value - part);
      sum = next;
    }
    return new double[] {sum, lost};
  }
}
