package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Extremes of columns in machine code are those of one comparison after the other. */
class ColumnExtremesTest {
  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everyNumberOfColumnsAndRows(Precision precision) {
    for (int cols = 1; cols <= 41; cols++) {
      for (int rows = 0; rows <= 35; rows++) {
        check(precision, rows, cols, cols + random.nextInt(3), 0);
      }
    }
    check(precision, 20_011, 7, 7, 0);
    check(precision, 700, 1024, 1500, 0);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void equalCellsZerosOfEitherSignAndInfinities(Precision precision) {
    for (int i = 0; i < 300; i++) {
      check(precision, 1 + random.nextInt(20), 1 + random.nextInt(25), 25, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsThatAreNoNumbersAreRefusedWhereverTheyStand(Precision precision) {
    for (int i = 0; i < 300; i++) {
      check(precision, 1 + random.nextInt(40), 1 + random.nextInt(25), 25, 2);
    }
  }

  private double cell(int oddity) {
    return switch (oddity == 0 ? 9 : random.nextInt(oddity == 1 ? 8 : 200)) {
      case 0, 1 -> 0.0;
      case 2, 3, 4 -> -0.0;
      case 5 -> random.nextInt(-2, 3);
      case 6 -> Double.NEGATIVE_INFINITY;
      case 7 -> random.nextInt(8) == 0 ? Double.POSITIVE_INFINITY : -1;
      case 8 -> Double.NaN;
      default -> (float) random.nextGaussian();
    };
  }

  private void check(Precision precision, int rows, int cols, int step, int oddity) {
    long bytes = precision.bytesPerCell();
    double[] least = new double[cols];
    double[] largest = new double[cols];
    java.util.Arrays.fill(least, Double.POSITIVE_INFINITY);
    java.util.Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    boolean areNumbers = true;
    try (Arena arena = Arena.ofConfined()) {
      // As long as its cells, so that what is read behind them is likely to be seen.
      MemorySegment memory = arena.allocate(Math.max(1, rows * step * bytes), bytes);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < step; j++) {
          double cell = j < cols ? cell(oddity) : Double.NaN;
          long at = (long) i * step + j;
          if (precision == Precision.FP64) {
            memory.setAtIndex(ValueLayout.JAVA_DOUBLE, at, cell);
          } else {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) cell);
          }
          if (j < cols) {
            areNumbers &= !Double.isNaN(cell);
            least[j] = Math.min(least[j], cell);
            largest[j] = Math.max(largest[j], cell);
          }
        }
      }
      check(ColumnExtremes.LEAST, precision, memory, step * bytes, rows, areNumbers, least);
      check(ColumnExtremes.LARGEST, precision, memory, step * bytes, rows, areNumbers, largest);
    }
  }

  private static void check(
      ColumnExtremes code,
      Precision precision,
      MemorySegment memory,
      long rowBytes,
      int rows,
      boolean areNumbers,
      double[] wanted) {
    double[] extremes = new double[wanted.length];
    boolean isKnown = code.run(precision, memory.address(), rowBytes, rows, extremes);
    assertThat(isKnown).as("%s of numbers", code).isEqualTo(areNumbers);
    if (!isKnown) {
      return;
    }
    for (int j = 0; j < wanted.length; j++) {
      assertThat(Double.doubleToRawLongBits(extremes[j]))
          .as("%s, %s, column %d of %d, %d rows", precision, code, j, wanted.length, rows)
          .isEqualTo(Double.doubleToRawLongBits(wanted[j]));
    }
  }
}
