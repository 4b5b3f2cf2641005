package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.cpu.code.VectorProducts.Between;
import dev.reprise.runtime.cpu.code.VectorProducts.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Products with vectors in machine code have the bits of the same operations in Java. */
class VectorProductsTest {
  private static final int LANES = 4;
  private static final double UNTOUCHED = 1234.5;

  private final Random random = new Random(20261130);

  @BeforeAll
  static void haveCode() {
    assumeTrue(VectorProducts.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @Test
  void everyNumberOfColumnsAndRows() {
    for (int cols = 1; cols <= 41; cols++) {
      for (int rows = 0; rows <= 19; rows++) {
        check(rows, cols, cols + random.nextInt(3), 1 + random.nextInt(4), false);
      }
    }
  }

  @Test
  void longRowsAndManyVectors() {
    check(700, 100, 100, 1, false);
    check(33, 1029, 1500, 3, false);
    check(50, 64, 64, 17, false);
  }

  @Test
  void infinitiesZerosAndWhatIsNoNumber() {
    for (int i = 0; i < 60; i++) {
      check(1 + random.nextInt(30), 1 + random.nextInt(40), 45, 1 + random.nextInt(3), true);
    }
  }

  private double cell(boolean isOdd) {
    if (!isOdd) {
      return random.nextGaussian();
    }
    return switch (random.nextInt(150)) {
      case 0 -> Double.POSITIVE_INFINITY;
      case 1 -> Double.NaN;
      case 2, 3 -> -0.0;
      case 4, 5 -> 0;
      case 6 -> Double.MIN_VALUE;
      case 7 -> Double.NEGATIVE_INFINITY;
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30);
    };
  }

  private double[] cells(int count, boolean isOdd) {
    double[] cells = new double[count];
    for (int i = 0; i < count; i++) {
      cells[i] = cell(isOdd);
    }
    return cells;
  }

  private void check(int rows, int cols, int step, int vectors, boolean isOdd) {
    double[][] a = new double[rows][];
    for (int i = 0; i < rows; i++) {
      a[i] = cells(step, isOdd);
    }
    double[][] right = new double[vectors][];
    double[] before = cells(vectors * cols, isOdd);
    for (int v = 0; v < vectors; v++) {
      right[v] = cells(cols, isOdd);
    }
    double[] factors = cells(rows * vectors, isOdd);
    try (Arena arena = Arena.ofConfined()) {
      // As long as its cells, so that what is read behind them is likely to be seen.
      MemorySegment memory = arena.allocate(8L * Math.max(1, rows * step), 8);
      for (int i = 0; i < rows; i++) {
        MemorySegment.copy(a[i], 0, memory, ValueLayout.JAVA_DOUBLE, 8L * i * step, step);
      }
      Rows matrix = new Rows(memory.address(), 8L * step, rows, cols);
      MemorySegment vector = arena.allocate(8L * vectors * cols, 8);
      for (int v = 0; v < vectors; v++) {
        MemorySegment.copy(right[v], 0, vector, ValueLayout.JAVA_DOUBLE, 8L * v * cols, cols);
      }
      MemorySegment factor = arena.allocate(8L * Math.max(1, factors.length), 8);
      MemorySegment.copy(factors, 0, factor, ValueLayout.JAVA_DOUBLE, 0, factors.length);
      checkRows(matrix, vector, a, right, cols, arena);
      checkColumns(matrix, factor, a, factors, before, cols, vectors, arena);
      for (Between between : Between.values()) {
        checkChain(between, matrix, vector, factor, a, right[0], factors, before, cols, arena);
      }
    }
  }

  private static void checkRows(
      Rows matrix, MemorySegment vector, double[][] a, double[][] right, int cols, Arena arena) {
    double[] wanted = new double[a.length * right.length + 1];
    for (int i = 0; i < a.length; i++) {
      for (int v = 0; v < right.length; v++) {
        wanted[i * right.length + v] = product(a[i], right[v], cols);
      }
    }
    wanted[wanted.length - 1] = UNTOUCHED;
    double[] start = new double[wanted.length];
    start[start.length - 1] = UNTOUCHED;
    MemorySegment target = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, start);
    VectorProducts.multiply(matrix, vector.address(), 8L * cols, right.length, target.address());
    same(target, wanted);
  }

  private static void checkColumns(
      Rows matrix,
      MemorySegment factor,
      double[][] a,
      double[] factors,
      double[] before,
      int cols,
      int vectors,
      Arena arena) {
    double[] wanted = before.clone();
    for (int v = 0; v < vectors; v++) {
      double[] own = new double[a.length];
      for (int i = 0; i < a.length; i++) {
        own[i] = factors[i * vectors + v];
      }
      addRows(a, own, wanted, v * cols, cols);
    }
    MemorySegment sums = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, before);
    VectorProducts.addRows(
        matrix, factor.address(), 8L * vectors, vectors, sums.address(), 8L * cols);
    same(sums, wanted);
  }

  private static void checkChain(
      Between between,
      Rows matrix,
      MemorySegment vector,
      MemorySegment with,
      double[][] a,
      double[] right,
      double[] numbers,
      double[] before,
      int cols,
      Arena arena) {
    double[] products = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      double product = product(a[i], right, cols);
      products[i] =
          switch (between) {
            case NOTHING -> product;
            case TIMES -> product * numbers[i];
            case MINUS -> product - numbers[i];
          };
    }
    double[] wanted = before.clone();
    addRows(a, products, wanted, 0, cols);
    MemorySegment sums = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, before);
    VectorProducts.addChain(between, matrix, vector.address(), with.address(), sums.address());
    same(sums, wanted);
  }

  private static void same(MemorySegment found, double[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      // Boxed, so that one NaN is the other and zeros differ by their sign.
      Double expected = wanted[i];
      assertThat(found.getAtIndex(ValueLayout.JAVA_DOUBLE, i)).as("%d", i).isEqualTo(expected);
    }
  }

  private static double product(double[] row, double[] right, int cols) {
    double[][] sums = new double[4][LANES];
    int sixteens = cols / 16 * 16;
    int fours = cols / 4 * 4;
    for (int j = 0; j < cols; j++) {
      int sum = j < sixteens ? j / LANES % 4 : j < fours ? 0 : 1;
      sums[sum][j % LANES] = Math.fma(row[j], right[j], sums[sum][j % LANES]);
    }
    double[] lanes = new double[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (sums[0][lane] + sums[1][lane]) + (sums[2][lane] + sums[3][lane]);
    }
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
  }

  private static void addRows(double[][] a, double[] factors, double[] sums, int first, int cols) {
    int grouped = a.length / 8 * 8;
    for (int j = 0; j < cols; j++) {
      double sum = sums[first + j];
      for (int i = 0; i < grouped; i += 8) {
        double other = a[i + 1][j] * factors[i + 1];
        for (int row : new int[] {2, 4, 6}) {
          other = Math.fma(a[i + row][j], factors[i + row], other);
        }
        for (int row : new int[] {0, 3, 5, 7}) {
          sum = Math.fma(a[i + row][j], factors[i + row], sum);
        }
        sum += other;
      }
      for (int i = grouped; i < a.length; i++) {
        sum = Math.fma(a[i][j], factors[i], sum);
      }
      sums[first + j] = sum;
    }
  }
}
