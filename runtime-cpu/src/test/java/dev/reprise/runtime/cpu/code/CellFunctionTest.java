package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Functions in machine code: every number of cells, in both precisions, in place and not. */
class CellFunctionTest {
  private static final int MOST_CELLS = 19;

  private final Random random = new Random(20261129);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  private double[] numbers(int n, double scale) {
    double[] numbers = new double[n];
    Arrays.setAll(numbers, _ -> random.nextGaussian() * scale);
    return numbers;
  }

  private static void assertClose(double found, double wanted, int units) {
    assertThat(Math.abs(found - wanted))
        .as("%s and %s", found, wanted)
        .isLessThanOrEqualTo(units * Math.ulp(wanted));
  }

  private void check(CellFunction function, DoubleUnaryOperator wanted, int units) {
    for (int n = 0; n <= MOST_CELLS; n++) {
      double[] x = numbers(n, 20);
      double[] out = new double[n + 1];
      out[n] = 7;
      assertThat(function.run(x, out, n)).isTrue();
      for (int i = 0; i < n; i++) {
        assertClose(out[i], wanted.applyAsDouble(x[i]), units);
      }
      assertThat(out[n]).as("the cell behind the last").isEqualTo(7);
      double[] inPlace = x.clone();
      function.run(inPlace, inPlace, n);
      assertThat(inPlace).isEqualTo(Arrays.copyOf(out, n));
      checkFloats(function, x);
    }
  }

  /** Floats are those of doubles, rounded. */
  private static void checkFloats(CellFunction function, double[] numbers) {
    int n = numbers.length;
    double[] widened = new double[n];
    float[] floats = new float[n + 1];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) numbers[i];
      widened[i] = floats[i];
    }
    floats[n] = 7;
    double[] wanted = new double[n];
    function.run(widened, wanted, n);
    MemorySegment cells = MemorySegment.ofArray(floats);
    assertThat(function.run(Precision.FP32, cells, cells, n)).isTrue();
    for (int i = 0; i < n; i++) {
      assertThat(floats[i]).isEqualTo((float) wanted[i]);
    }
    assertThat(floats[n]).as("the cell behind the last").isEqualTo(7);
  }

  @Test
  void functionsAreCloseToThoseOfMath() {
    check(CellFunction.EXPONENTIAL, Math::exp, 2);
    check(CellFunction.LOGISTIC, x -> 1 / (1 + Math.exp(-x)), 3);
    check(CellFunction.TANH, Math::tanh, 3);
  }

  @Test
  void endsOfTheNumbersAreRightOrRefused() {
    double none = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    for (double x : new double[] {701, 800, infinity, none, -701, -745.2}) {
      assertThat(CellFunction.EXPONENTIAL.run(new double[] {1, x}, new double[2], 2)).isFalse();
    }
    for (double x : new double[] {701, -701, infinity, -infinity, none}) {
      double[] cells = {1, 2, 3, 4, 5, x};
      assertThat(CellFunction.LOGISTIC.run(cells, new double[6], 6)).isFalse();
    }
    double[] out = new double[5];
    double[] small = {-746.5, -1e9, -infinity, 0, 700};
    assertThat(CellFunction.EXPONENTIAL.run(small, out, 5)).isTrue();
    assertThat(Arrays.copyOf(out, 4)).containsExactly(0, 0, 0, 1);
    double[] ends = {infinity, -infinity, -0.0, none, 1e-300};
    assertThat(CellFunction.TANH.run(ends, out, 5)).isTrue();
    assertThat(out).containsExactly(1, -1, -0.0, none, 1e-300);
  }

  /** Where the instructions of two groups of cells take turns, against cells one by one. */
  @Test
  void cellsOfAllNumbersAreThoseOfEach() {
    double[] special = {
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      0.0,
      -0.0,
      Double.MIN_VALUE,
      -Double.MIN_NORMAL,
      1e-9,
      700,
      -700,
      -745.9,
      -746.1,
      -1e300,
      22,
      0.5 * Math.log(2)
    };
    CellFunction[] functions = {CellFunction.EXPONENTIAL, CellFunction.LOGISTIC, CellFunction.TANH};
    for (CellFunction function : functions) {
      for (int n = 1; n <= MOST_CELLS; n++) {
        double[] x = numbers(n, 20);
        for (double cell : special) {
          for (int at = 0; at < n; at++) {
            double[] cells = x.clone();
            cells[at] = cell;
            assertCellsAreThoseOfEach(function, cells, at);
          }
        }
      }
    }
  }

  private static void assertCellsAreThoseOfEach(CellFunction function, double[] cells, int at) {
    int n = cells.length;
    double[] out = new double[n];
    double[] one = new double[1];
    boolean isComputed = function.run(new double[] {cells[at]}, one, 1);
    assertThat(function.run(cells, out, n)).as("%s in %d", cells[at], at).isEqualTo(isComputed);
    for (int i = 0; i < n; i++) {
      if (i != at || isComputed) {
        function.run(new double[] {cells[i]}, one, 1);
        assertThat((Double) out[i]).isEqualTo((Double) one[0]);
      }
    }
  }

  @Test
  void severalOperandsAndNumbersAreFound() {
    try (Arena arena = Arena.ofConfined()) {
      for (int n = 1; n <= MOST_CELLS; n++) {
        MemorySegment[] cells = new MemorySegment[7];
        double[][] before = new double[4][];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = arena.allocate(Double.BYTES * (n + 2L), 8);
          if (i < 4) {
            before[i] = numbers(n + 2, 1);
            before[i][0] = 0;
            MemorySegment.copy(before[i], 0, cells[i], ValueLayout.JAVA_DOUBLE, 0, n + 2);
          }
        }
        // From the second cell on.
        CellOperands more = new CellOperands();
        for (int i = 1; i < 4; i++) {
          more.withInput(i, cells[i].address() + Double.BYTES);
        }
        more.withOutput(1, cells[5].address() + Double.BYTES)
            .withOutput(2, cells[6].address() + Double.BYTES);
        double[] numbers = {0.9, 0.1, 0.99, 0.01, 0.5, 1e-8};
        for (int i = 0; i < numbers.length; i++) {
          more.withParameter(i, numbers[i]);
        }
        for (double[] array : before) {
          for (int i = 0; i < array.length; i++) {
            array[i] = Math.abs(array[i]);
          }
        }
        MemorySegment.copy(before[3], 0, cells[3], ValueLayout.JAVA_DOUBLE, 0, n + 2);
        MemorySegment.copy(before[2], 0, cells[2], ValueLayout.JAVA_DOUBLE, 0, n + 2);
        MemorySegment.copy(before[1], 0, cells[1], ValueLayout.JAVA_DOUBLE, 0, n + 2);
        MemorySegment.copy(before[0], 0, cells[0], ValueLayout.JAVA_DOUBLE, 0, n + 2);
        CellFunction.ADAM.run(
            Precision.FP64,
            cells[0].address() + Double.BYTES,
            cells[4].address() + Double.BYTES,
            more,
            n);
        for (int i = 1; i <= n; i++) {
          double m = 0.9 * before[2][i] + 0.1 * before[1][i];
          double v = 0.99 * before[3][i] + 0.01 * (before[1][i] * before[1][i]);
          double x = before[0][i] - 0.5 * m / (Math.sqrt(v) + 1e-8);
          assertThat(cells[4].getAtIndex(ValueLayout.JAVA_DOUBLE, i)).isEqualTo(x);
          assertThat(cells[5].getAtIndex(ValueLayout.JAVA_DOUBLE, i)).isEqualTo(m);
          assertThat(cells[6].getAtIndex(ValueLayout.JAVA_DOUBLE, i)).isEqualTo(v);
        }
        for (int i = 4; i < 7; i++) {
          assertThat(cells[i].getAtIndex(ValueLayout.JAVA_DOUBLE, 0)).isZero();
          assertThat(cells[i].getAtIndex(ValueLayout.JAVA_DOUBLE, n + 1)).isZero();
        }
      }
    }
  }
}
