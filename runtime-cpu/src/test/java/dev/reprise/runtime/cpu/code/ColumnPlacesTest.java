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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Places of extremes and products of columns in machine code are those of one row at a time. */
class ColumnPlacesTest {
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
        check(precision, rows, cols, cols + random.nextInt(3), false);
      }
    }
    // Several calls, whose rows are counted on.
    check(precision, 20_011, 7, 7, false);
    check(precision, 700, 1024, 1500, false);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void equalCellsZerosOfEitherSignInfinitiesAndNaN(Precision precision) {
    for (int i = 0; i < 600; i++) {
      check(precision, 1 + random.nextInt(40), 1 + random.nextInt(25), 25, true);
    }
  }

  /** Near 1 or -1, so that the product of many is a number; or odd. */
  private double cell(boolean isOdd) {
    return switch (isOdd ? random.nextInt(12) : 99) {
      case 0 -> 0.0;
      case 1 -> -0.0;
      case 2 -> random.nextInt(6) == 0 ? Double.NEGATIVE_INFINITY : -2;
      case 3 -> random.nextInt(6) == 0 ? Double.POSITIVE_INFINITY : 2;
      case 4, 5, 6 -> Double.NaN;
      case 7, 8 -> random.nextInt(-2, 3);
      default -> (float) ((random.nextBoolean() ? 1 : -1) * (1 + random.nextGaussian() / 100));
    };
  }

  private void check(Precision precision, int rows, int cols, int step, boolean isOdd) {
    long bytes = precision.bytesPerCell();
    double[][] cells = new double[rows][cols];
    try (Arena arena = Arena.ofConfined()) {
      // As long as its cells, so that what is read behind them is likely to be seen.
      MemorySegment memory = arena.allocate(Math.max(1, rows * step * bytes), bytes);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < step; j++) {
          double cell = j < cols ? cell(isOdd) : Double.NaN;
          long at = (long) i * step + j;
          if (precision == Precision.FP64) {
            memory.setAtIndex(ValueLayout.JAVA_DOUBLE, at, cell);
          } else {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) cell);
          }
          if (j < cols) {
            cells[i][j] = cell;
          }
        }
      }
      String what = precision + " " + rows + " x " + cols;
      double[] products = new double[cols];
      ColumnProducts.run(precision, memory.address(), step * bytes, rows, products);
      same(what, products, products(cells, cols));
      for (ColumnPlaces code : ColumnPlaces.values()) {
        double[] extremes = new double[cols];
        double[] places = new double[cols];
        code.run(precision, memory.address(), step * bytes, rows, extremes, places);
        double[] best = new double[cols];
        double[] wanted = places(cells, best, code == ColumnPlaces.OF_LARGEST);
        same(what + " " + code, extremes, best);
        same(what + " row " + code, places, wanted);
      }
    }
  }

  private static double[] products(double[][] cells, int cols) {
    double[] products = new double[cols];
    Arrays.fill(products, 1);
    for (double[] row : cells) {
      for (int j = 0; j < cols; j++) {
        products[j] *= row[j];
      }
    }
    return products;
  }

  private static double[] places(double[][] cells, double[] best, boolean ofLargest) {
    double[] places = new double[best.length];
    Arrays.fill(best, ofLargest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    for (int i = 0; i < cells.length; i++) {
      for (int j = 0; j < best.length; j++) {
        double cell = cells[i][j];
        if (ofLargest ? cell >= best[j] : cell <= best[j]) {
          best[j] = cell;
          places[j] = i + 1;
        }
      }
    }
    return places;
  }

  /** Bit by bit, but for which NaN it is. */
  private static void same(String what, double[] found, double[] wanted) {
    long[] foundBits = Arrays.stream(found).mapToLong(Double::doubleToLongBits).toArray();
    long[] wantedBits = Arrays.stream(wanted).mapToLong(Double::doubleToLongBits).toArray();
    assertThat(foundBits).as(what).isEqualTo(wantedBits);
  }
}
