package dev.reprise.runtime.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of cells in machine code, against the same in Java, row by row and bit by bit. */
class RowsCodeTest {
  private static final int MOST_CELLS = 41;
  private static final int MOST_ROWS = 3;
  private static final int AROUND = 9;

  private final Random random = new Random(20261204);
  private final CountingAllocator allocator = new CountingAllocator();

  @BeforeEach
  void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  /** Rows that begin with the second cell of a matrix, and what their cells are as doubles. */
  private record Rows(DenseMatrix matrix, double[][] cells) {}

  private Rows rows(Precision precision, int rows, int n, DoubleSupplier number) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, rows * n + 2L, precision);
    double[][] cells = new double[rows][n];
    for (int i = 0; i < rows * n; i++) {
      matrix.set(0, i + 1, number.getAsDouble());
      cells[i / n][i % n] = matrix.get(0, i + 1);
    }
    matrix.set(0, 0, AROUND);
    matrix.set(0, rows * n + 1, AROUND);
    return new Rows(matrix, cells);
  }

  private static Double rounded(Precision precision, double x) {
    return precision == Precision.FP32 ? Double.valueOf((float) x) : Double.valueOf(x);
  }

  /** What a cell is to be, by its row and column. */
  @FunctionalInterface
  private interface Wanted {
    double cell(int row, int column);
  }

  private static void assertCells(Precision precision, DenseMatrix found, int n, Wanted wanted) {
    long cells = found.cols() - 2;
    for (int i = 0; i < cells; i++) {
      assertThat(found.get(0, i + 1))
          .as("cell %s", i)
          .isEqualTo(rounded(precision, wanted.cell(i / n, i % n)));
    }
    assertThat(found.get(0, 0)).as("the cell before the first").isEqualTo(AROUND);
    assertThat(found.get(0, cells + 1)).as("the cell behind the last").isEqualTo(AROUND);
  }

  /** Rows for each number of rows and of cells. */
  @FunctionalInterface
  private interface Check {
    void run(int rows, int n);
  }

  private static void forAllSizes(Check check) {
    for (int rows = 1; rows <= MOST_ROWS; rows++) {
      for (int n = 1; n <= MOST_CELLS; n++) {
        check.run(rows, n);
      }
    }
  }

  private double[] numbers(RowsCode code, int rows, int perRow) {
    double[] numbers = random.doubles((long) rows * perRow, -2, 2).toArray();
    for (int i = 0; i < numbers.length; i++) {
      code.number(i, numbers[i]);
    }
    return numbers;
  }

  private static RowsCode.Rows of(DenseMatrix... inputs) {
    return new RowsCode.Rows(inputs);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void totalsOfEachRowHaveTheBitsOfThoseInJava(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 2, 3);
    forAllSizes((rows, n) -> {
      Rows x = rows(precision, rows, n, random::nextGaussian);
      Rows y = rows(precision, rows, n, random::nextGaussian);
      code.run(CellFunction.SUM, of(x.matrix), 1, rows, n);
      for (int row = 0; row < rows; row++) {
        assertThat(code.total(row)).isEqualTo(LaneSums.sum(x.cells[row], 0, n));
      }
      code.run(CellFunction.LARGEST, of(x.matrix), 1, rows, n);
      for (int row = 0; row < rows; row++) {
        assertThat(code.total(row)).isEqualTo(LaneSums.largest(x.cells[row], 0, n));
      }
      double[] centres = numbers(code, rows, 1);
      code.run(CellFunction.SQUARES, of(x.matrix), 1, rows, n);
      for (int row = 0; row < rows; row++) {
        assertThat(code.total(row)).isEqualTo(LaneSums.squares(x.cells[row], centres[row], 0, n));
      }
      code.run(CellFunction.MOMENTS, of(x.matrix, y.matrix), 1, rows, n);
      for (int row = 0; row < rows; row++) {
        double[] a = x.cells[row];
        double[] b = y.cells[row];
        assertThat(code.total(3 * row)).isEqualTo(LaneSums.sum(a, 0, n));
        assertThat(code.total(3 * row + 1))
            .isEqualTo(LaneSums.products(a, 0, centres[row], b, 0, n));
        assertThat(code.total(3 * row + 2)).isEqualTo(LaneSums.sum(b, 0, n));
      }
    });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsAreThoseOfTheFormulasWithTheNumbersOfTheirRow(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 4, 0);
    forAllSizes((rows, n) -> {
      Rows x = rows(precision, rows, n, random::nextGaussian);
      Rows y = rows(precision, rows, n, random::nextGaussian);
      DenseMatrix out = rows(precision, rows, n, () -> 1).matrix;
      double[] p = numbers(code, rows, 4);
      code.run(CellFunction.STANDARDISED, RowsCode.Rows.of(x.matrix, out), 1, rows, n);
      assertCells(
          precision,
          out,
          n,
          (row, i) ->
              (x.cells[row][i] - p[4 * row]) * p[4 * row + 1] * p[4 * row + 2] + p[4 * row + 3]);
      DenseMatrix[] both = {x.matrix, y.matrix};
      code.run(CellFunction.SLOPED, new RowsCode.Rows(both, out), 1, rows, n);
      assertCells(
          precision,
          out,
          n,
          (row, i) -> {
            double far = x.cells[row][i] - p[4 * row];
            return p[4 * row + 3] * (y.cells[row][i] - p[4 * row + 2] - p[4 * row + 1] * far);
          });
      code.run(CellFunction.FILLED, new RowsCode.Rows(new DenseMatrix[0], out), 1, rows, n);
      assertCells(precision, out, n, (row, _) -> p[row]);
    });
  }

  private static MemorySegment doubles(double[] numbers, Scratch scratch) {
    MemorySegment cells = scratch.doubles(numbers.length);
    MemorySegment.copy(numbers, 0, cells, ValueLayout.JAVA_DOUBLE, 0, numbers.length);
    return cells;
  }

  /** As the loops of {@code LayerNormalisation} in Java. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsAreNormalisedByOneCall(Precision precision) {
    double epsilon = 1e-5;
    RowsCode code = new RowsCode(precision, MOST_ROWS, 4, 1);
    forAllSizes((rows, n) -> {
      try (Scratch scratch = new Scratch(allocator)) {
        Rows x = rows(precision, rows, n, random::nextGaussian);
        double[] gamma = random.doubles(n).toArray();
        double[] beta = random.doubles(n).toArray();
        DenseMatrix out = rows(precision, rows, n, () -> 1).matrix;
        DenseMatrix norm = rows(precision, rows, n, () -> 1).matrix;
        for (int row = 0; row < rows; row++) {
          code.number(4 * row + 2, n);
          code.number(4 * row + 3, epsilon);
        }
        code.withColumns(1, doubles(gamma, scratch)).withColumns(2, doubles(beta, scratch));
        code.run(CellFunction.LAYER_NORM, RowsCode.Rows.of(x.matrix, out, norm), 1, rows, n);
        double[] means = new double[rows];
        double[] scales = new double[rows];
        for (int row = 0; row < rows; row++) {
          means[row] = LaneSums.sum(x.cells[row], 0, n) / n;
          double squares = LaneSums.squares(x.cells[row], means[row], 0, n);
          scales[row] = 1 / Math.sqrt(squares / n + epsilon);
        }
        assertThat(code.totals(rows)).containsExactly(scales);
        Wanted normal = (row, i) -> (x.cells[row][i] - means[row]) * scales[row];
        assertCells(precision, norm, n, normal);
        assertCells(precision, out, n, (row, i) -> normal.cell(row, i) * gamma[i] + beta[i]);
      }
    });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void gradientsOfNormalisedRowsAreMadeByOneCall(Precision precision) {
    forAllSizes((rows, n) -> {
      try (Scratch scratch = new Scratch(allocator)) {
        checkGradients(precision, scratch, rows, n);
      }
    });
  }

  private void checkGradients(Precision precision, Scratch scratch, int rows, int n) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 4, 2);
    Rows x = rows(precision, rows, n, random::nextGaussian);
    Rows y = rows(precision, rows, n, random::nextGaussian);
    double[] gamma = random.doubles(n).toArray();
    double[] first = random.doubles(n + 1).toArray();
    double[] second = random.doubles(n + 1).toArray();
    MemorySegment products = doubles(first, scratch);
    MemorySegment gradients = doubles(second, scratch);
    DenseMatrix out = rows(precision, rows, n, () -> 1).matrix;
    double[] scales = new double[rows];
    for (int row = 0; row < rows; row++) {
      scales[row] = random.nextDouble();
      code.number(4 * row + 2, scales[row]);
      code.number(4 * row + 3, n);
    }
    code.withColumns(2, doubles(gamma, scratch)).withColumns(3, products);
    code.withColumns(4, gradients).withOutputColumns(1, products).withOutputColumns(2, gradients);
    DenseMatrix[] both = {x.matrix, y.matrix};
    code.run(CellFunction.LAYER_NORM_SLOPES, new RowsCode.Rows(both, out), 1, rows, n);
    double[] means = new double[rows];
    double[] slopes = new double[rows];
    double[] terms = new double[n];
    for (int row = 0; row < rows; row++) {
      double[] a = x.cells[row];
      Arrays.setAll(terms, i -> a[i] * gamma[i]);
      means[row] = LaneSums.sum(terms, 0, n) / n;
      slopes[row] = LaneSums.products(y.cells[row], 0, 0, terms, 0, n) / n;
      for (int i = 0; i < n; i++) {
        first[i] += a[i] * y.cells[row][i];
        second[i] += a[i];
      }
    }
    for (int i = 0; i <= n; i++) {
      assertThat(products.getAtIndex(ValueLayout.JAVA_DOUBLE, i)).isEqualTo(first[i]);
      assertThat(gradients.getAtIndex(ValueLayout.JAVA_DOUBLE, i)).isEqualTo(second[i]);
    }
    assertCells(
        precision,
        out,
        n,
        (row, i) -> {
          double less = x.cells[row][i] * gamma[i] - means[row];
          return scales[row] * (less - y.cells[row][i] * slopes[row]);
        });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void softmaxOfRowsIsMadeByOneCall(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 1, 1);
    forAllSizes((rows, n) -> {
      try (Scratch scratch = new Scratch(allocator)) {
        Rows x = rows(precision, rows, n, () -> 30 * random.nextGaussian());
        DenseMatrix out = rows(precision, rows, n, () -> 1).matrix;
        code.withDoubles(scratch.doubles((long) rows * n), n);
        RowsCode.Rows operands = RowsCode.Rows.of(x.matrix, out);
        assertThat(code.run(CellFunction.SOFTMAX, operands, 1, rows, n)).isTrue();
        double[][] shares = new double[rows][n];
        for (int row = 0; row < rows; row++) {
          double largest = LaneSums.largest(x.cells[row], 0, n);
          double[] less = Arrays.stream(x.cells[row]).map(cell -> cell - largest).toArray();
          ExponentialBlocks.exp(less, new double[n], shares[row], n);
          double sum = LaneSums.sum(shares[row], 0, n);
          shares[row] = Arrays.stream(shares[row]).map(power -> power / sum).toArray();
        }
        assertCells(precision, out, n, (row, i) -> shares[row][i]);
        double none = random.nextBoolean() ? Double.NaN : Double.POSITIVE_INFINITY;
        x.matrix.set(0, 1 + random.nextInt(rows * n), none);
        assertThat(code.run(CellFunction.SOFTMAX, operands, 1, rows, n)).isFalse();
      }
    });
  }

  /** In place, as attention has it. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void softmaxOfScaledRowsIsMadeInPlace(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 3, 1);
    double scale = 1 / Math.sqrt(24);
    forAllSizes((rows, n) -> {
      try (Scratch scratch = new Scratch(allocator)) {
        Rows x = rows(precision, rows, n, () -> 30 * random.nextGaussian());
        code.withDoubles(scratch.doubles((long) rows * n), n);
        double[][] shares = new double[rows][n];
        double[] sums = new double[rows];
        for (int row = 0; row < rows; row++) {
          code.number(3 * row + 1, scale);
          double[] less = Arrays.stream(x.cells[row]).map(cell -> cell * scale).toArray();
          double largest = LaneSums.largest(less, 0, n);
          less = Arrays.stream(less).map(cell -> cell - largest).toArray();
          ExponentialBlocks.exp(less, new double[n], shares[row], n);
          double sum = LaneSums.sum(shares[row], 0, n);
          sums[row] = sum;
          shares[row] = Arrays.stream(shares[row]).map(power -> power / sum).toArray();
        }
        RowsCode.Rows operands = RowsCode.Rows.of(x.matrix, x.matrix);
        assertThat(code.run(CellFunction.SCALED_SOFTMAX, operands, 1, rows, n)).isTrue();
        assertThat(code.totals(rows)).isEqualTo(sums);
        assertCells(precision, x.matrix, n, (row, i) -> shares[row][i]);
        x.matrix.set(0, 1 + random.nextInt(rows * n), Double.POSITIVE_INFINITY);
        assertThat(code.run(CellFunction.SCALED_SOFTMAX, operands, 1, rows, n)).isFalse();
      }
    });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void weightsAndTheirSlopesAreMadeInPlace(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 3, 1);
    forAllSizes((rows, n) -> {
      Rows x = rows(precision, rows, n, random::nextGaussian);
      Rows y = rows(precision, rows, n, random::nextGaussian);
      double[] p = numbers(code, rows, 3);
      double[][] weights = new double[rows][n];
      for (int row = 0; row < rows; row++) {
        double[] less = new double[n];
        for (int i = 0; i < n; i++) {
          less[i] = x.cells[row][i] * p[3 * row] - p[3 * row + 1];
        }
        ExponentialBlocks.exp(less, new double[n], weights[row], n);
      }
      RowsCode.Rows operands =
          new RowsCode.Rows(new DenseMatrix[] {x.matrix, y.matrix}, x.matrix, y.matrix);
      assertThat(code.run(CellFunction.WEIGHTS_SLOPED, operands, 1, rows, n)).isTrue();
      assertCells(precision, x.matrix, n, (row, i) -> weights[row][i]);
      assertCells(
          precision,
          y.matrix,
          n,
          (row, i) -> weights[row][i] * (y.cells[row][i] - p[3 * row + 2]) * p[3 * row]);
      x.matrix.set(0, 1 + random.nextInt(rows * n), Double.NaN);
      assertThat(code.run(CellFunction.WEIGHTS_SLOPED, operands, 1, rows, n)).isFalse();
    });
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void largestNumbersOfRowsAreFoundWhereAllAreNumbers(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 1, 1);
    forAllSizes((rows, n) -> {
      Rows x = rows(precision, rows, n, random::nextGaussian);
      RowsCode.Rows operands = RowsCode.Rows.of(x.matrix);
      assertThat(code.run(CellFunction.LARGEST_NUMBER, operands, 1, rows, n)).isTrue();
      for (int row = 0; row < rows; row++) {
        assertThat(code.total(row)).isEqualTo(Arrays.stream(x.cells[row]).max().orElseThrow());
      }
      x.matrix.set(0, 1 + random.nextInt(rows * n), Double.NaN);
      assertThat(code.run(CellFunction.LARGEST_NUMBER, operands, 1, rows, n)).isFalse();
    });
  }

  /** Of many millions, since one in a million would differ if none were unsure. */
  @Test
  void quickSharesAreTheSameFloatsOrAreRefused() {
    int refused = 0;
    int calls = 0;
    for (int n : new int[] {1, 7, 8, 41, 500, CellFunction.MOST_SHARES}) {
      for (int i = 0; i < (n < 1000 ? 200 : 2000); i++) {
        calls++;
        refused += quickSharesAreRefused(2, n) ? 1 : 0;
      }
    }
    assertThat(refused).isLessThan(calls / 20);
  }

  private boolean quickSharesAreRefused(int rows, int n) {
    try (Scratch scratch = new Scratch(allocator)) {
      // Some are far below the others, as where attention may not look.
      DoubleSupplier score = () -> random.nextInt(9) == 0 ? -1e9 : 5 * random.nextGaussian();
      Rows x = rows(Precision.FP32, rows, n, score);
      DenseMatrix wanted = rows(Precision.FP32, rows, n, () -> 1).matrix;
      DenseMatrix out = rows(Precision.FP32, rows, n, () -> 1).matrix;
      RowsCode code = new RowsCode(Precision.FP32, rows, 1, 1);
      code.withDoubles(scratch.doubles((long) rows * n), n);
      RowsCode.Rows operands = RowsCode.Rows.of(x.matrix, wanted);
      assertThat(code.run(CellFunction.SOFTMAX, operands, 1, rows, n)).isTrue();
      operands = RowsCode.Rows.of(x.matrix, out);
      if (!code.run(CellFunction.QUICK_SOFTMAX, operands, 1, rows, n)) {
        return true;
      }
      assertThat(out.segment().mismatch(wanted.segment())).isEqualTo(-1);
      return false;
    }
  }

  @Test
  void sharesThatMayBeFloatsOfFewerBitsAreRefused() {
    try (Scratch scratch = new Scratch(allocator)) {
      RowsCode code = new RowsCode(Precision.FP32, 1, 1, 1).withDoubles(scratch.doubles(9), 9);
      for (double score : new double[] {-59, -61, -88, -109, -111, -800, Double.NaN}) {
        Rows x = rows(Precision.FP32, 1, 9, () -> 0);
        DenseMatrix out = rows(Precision.FP32, 1, 9, () -> 1).matrix;
        x.matrix.set(0, 3, score);
        RowsCode.Rows operands = RowsCode.Rows.of(x.matrix, out);
        assertThat(code.run(CellFunction.QUICK_SOFTMAX, operands, 1, 1, 9))
            .as("%s", score)
            .isEqualTo(score == -59 || score < -110);
        if (score < -110) {
          assertThat(out.get(0, 3)).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void powersOfRowsAreMadeAndDivided(Precision precision) {
    RowsCode code = new RowsCode(precision, MOST_ROWS, 2, 1);
    forAllSizes((rows, n) -> {
      try (Scratch scratch = new Scratch(allocator)) {
        Rows x = rows(precision, rows, n, random::nextGaussian);
        DenseMatrix out = rows(precision, rows, n, () -> 1).matrix;
        MemorySegment doubles = scratch.doubles((long) rows * n);
        double[] p = numbers(code, rows, 2);
        assertThat(code.runToDoubles(CellFunction.POWERS, x.matrix, doubles, 1, rows, n)).isTrue();
        double[][] powers = new double[rows][n];
        for (int row = 0; row < rows; row++) {
          double[] less = new double[n];
          for (int i = 0; i < n; i++) {
            less[i] = x.cells[row][i] * p[2 * row + 1] - p[2 * row];
          }
          ExponentialBlocks.exp(less, new double[n], powers[row], n);
          assertThat(code.total(row)).isEqualTo(LaneSums.sum(powers[row], 0, n));
        }
        double[] q = numbers(code, rows, 1);
        code.runFromDoubles(CellFunction.SHARES, doubles, out, 1, rows, n);
        assertCells(precision, out, n, (row, i) -> powers[row][i] / q[row]);
        x.matrix.set(0, 1 + random.nextInt(rows * n), Double.NaN);
        assertThat(code.runToDoubles(CellFunction.POWERS, x.matrix, doubles, 1, rows, n)).isFalse();
      }
    });
  }
}
