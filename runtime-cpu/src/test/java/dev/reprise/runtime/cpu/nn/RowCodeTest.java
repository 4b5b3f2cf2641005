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
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs of cells in machine code, against the same in Java, bit by bit. */
class RowCodeTest {
  private static final int MOST_CELLS = 41;

  private final Random random = new Random(20261130);
  private final CountingAllocator allocator = new CountingAllocator();

  @BeforeEach
  void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  /** A row and what its cells are as doubles, from the second one on. */
  private record Row(DenseMatrix matrix, double[] cells) {}

  private Row row(Precision precision, int n) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, n + 2L, precision);
    double[] cells = new double[n];
    for (int i = 0; i < n + 2; i++) {
      matrix.set(0, i, -0.1 - Math.abs(random.nextGaussian()));
      if (i > 0 && i <= n) {
        cells[i - 1] = matrix.get(0, i);
      }
    }
    return new Row(matrix, cells);
  }

  /** An object, so that cells that are no numbers are equal. */
  private static Double rounded(Precision precision, double x) {
    return precision == Precision.FP32 ? Double.valueOf((float) x) : Double.valueOf(x);
  }

  private static void assertCells(Precision precision, DenseMatrix found, double[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found.get(0, i + 1)).as("cell %s", i).isEqualTo(rounded(precision, wanted[i]));
    }
    int behind = wanted.length + 1;
    assertThat(found.get(0, behind)).as("the cell behind the last").isEqualTo(9);
    assertThat(found.get(0, 0)).as("the cell before the first").isEqualTo(9);
  }

  private DenseMatrix nines(Precision precision, int n) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, n + 2L, precision);
    for (int i = 0; i < n + 2; i++) {
      matrix.set(0, i, 9);
    }
    return matrix;
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void sumsHaveTheBitsOfThoseInJava(Precision precision) {
    RowCode code = new RowCode(precision);
    for (int n = 1; n <= MOST_CELLS; n++) {
      Row x = row(precision, n);
      double[] a = x.cells;
      MemorySegment cells = x.matrix.segment().asSlice(precision.bytesPerCell());
      assertThat(code.sum(cells, n)).isEqualTo(LaneSums.sum(a, 0, n));
      assertThat(code.largest(cells, n)).isEqualTo(LaneSums.largest(a, 0, n)).isNegative();
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void sharesOfARowAreThoseInJavaWhateverItsCells(Precision precision) {
    double[] ends = {
      Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -1e9, -720, 800, -0.0
    };
    int bytes = precision.bytesPerCell();
    try (Scratch scratch = new Scratch(allocator)) {
      RowShares shares = new RowShares(precision, MOST_CELLS, scratch);
      for (int n = 1; n <= MOST_CELLS; n++) {
        for (int end = 0; end <= ends.length; end++) {
          Row x = row(precision, n);
          if (end < ends.length) {
            int at = random.nextInt(n);
            x.cells[at] = ends[end];
            x.matrix.set(0, at + 1, ends[end]);
          }
          DenseMatrix out = nines(precision, n);
          shares.run(x.matrix.segment().asSlice(bytes), 0.5, out.segment().asSlice(bytes), n);
          double[] scaled = Arrays.stream(x.cells).map(cell -> cell * 0.5).toArray();
          double largest = LaneSums.largest(scaled, 0, n);
          double[] powers = new double[n];
          double[] less = Arrays.stream(scaled).map(cell -> cell - largest).toArray();
          ExponentialBlocks.exp(less, new double[n], powers, n);
          double sum = LaneSums.sum(powers, 0, n);
          assertCells(precision, out, Arrays.stream(powers).map(p -> p / sum).toArray());
          assertThat(shares.logarithm()).isEqualTo(Double.valueOf(largest + Math.log(sum)));
        }
      }
    }
  }

  private static MemorySegment cells(DenseMatrix matrix) {
    return matrix.segment().asSlice(matrix.precision().bytesPerCell());
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void whatIsMadeOfSharesIsAsInJava(Precision precision) {
    try (Scratch scratch = new Scratch(allocator)) {
      RowShares shares = new RowShares(precision, MOST_CELLS, scratch);
      for (int n = 1; n <= MOST_CELLS; n++) {
        for (double end : new double[] {-1, -800, Double.NaN, Double.NEGATIVE_INFINITY}) {
          Row x = row(precision, n);
          Row y = row(precision, n);
          x.matrix.set(0, 1, end);
          x.cells[0] = end;
          y.matrix.set(0, n, 0);
          y.cells[n - 1] = 0;
          checkShares(precision, shares, x, y);
        }
      }
    }
  }

  private void checkShares(Precision precision, RowShares shares, Row x, Row y) {
    int n = x.cells.length;
    double largest = LaneSums.largest(x.cells, 0, n);
    double[] less = Arrays.stream(x.cells).map(cell -> cell - largest).toArray();
    double[] powers = new double[n];
    ExponentialBlocks.exp(less, new double[n], powers, n);
    double sum = LaneSums.sum(powers, 0, n);
    double log = Math.log(sum);
    double[] wanted = new double[n];
    Arrays.setAll(wanted, i -> y.cells[i] == 0 ? 0 : y.cells[i] * (log - less[i]));
    Double loss = LaneSums.sum(wanted, 0, n);
    assertThat(shares.loss(cells(x.matrix), cells(y.matrix), n)).isEqualTo(loss);
    Double ofOne = log - less[n / 2];
    assertThat(shares.loss(cells(x.matrix), x.cells[n / 2], n)).isEqualTo(ofOne);

    DenseMatrix out = nines(precision, n);
    shares.runLogarithms(cells(x.matrix), cells(out), n);
    Arrays.setAll(wanted, i -> less[i] - log);
    assertCells(precision, out, wanted);

    double share = LaneSums.sum(y.cells, 0, n) / sum;
    shares.runGradient(cells(x.matrix), cells(y.matrix), 0.3, cells(out), n);
    Arrays.setAll(wanted, i -> (powers[i] * share - y.cells[i]) * 0.3);
    assertCells(precision, out, wanted);

    int number = n / 3;
    shares.runGradient(cells(x.matrix), 1, 0.3, cells(out), n);
    out.set(0, number + 1, shares.missed(number, 0.3));
    Arrays.setAll(wanted, i -> (powers[i] * (1 / sum) - (i == number ? 1 : 0)) * 0.3);
    assertCells(precision, out, wanted);

    double products = LaneSums.products(x.cells, 0, 0, y.cells, 0, n);
    shares.runSlopes(cells(x.matrix), cells(y.matrix), cells(out), n);
    Arrays.setAll(wanted, i -> x.cells[i] * y.cells[i] - y.cells[i] * products);
    assertCells(precision, out, wanted);
  }
}
