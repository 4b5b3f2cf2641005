package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.KernelCalls.column;
import static dev.reprise.runtime.cpu.KernelCalls.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.code.AngleSeries;
import dev.reprise.runtime.cpu.code.LogarithmSeries;
import dev.reprise.testkit.Matrices;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CellKernelsTest {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    2,
    2.5,
    -2.5,
    1e300,
    -1e300,
    5e-324,
    3e9,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  /** What cells have by a series, and single numbers by {@code Math}. */
  private static final Map<String, DoubleUnaryOperator> SERIES =
      Map.of("log", LogarithmSeries::log, "sin", AngleSeries::sin, "cos", AngleSeries::cos);

  private final KernelCalls kernels = new KernelCalls();

  @AfterEach
  void close() {
    kernels.close();
  }

  /** Random cells of which some are special. */
  private DenseMatrix cells(Random random, long rows, long cols) {
    DenseMatrix matrix = kernels.random(random, rows, cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        if (random.nextInt(4) == 0) {
          matrix.set(i, j, SPECIAL[random.nextInt(SPECIAL.length)]);
        }
      }
    }
    return matrix;
  }

  /** Equal bits; any NaN equals any other. Cheap when all is well. */
  private static void same(double found, double wanted, String opcode, double x, double y) {
    if (Double.doubleToLongBits(found) != Double.doubleToLongBits(wanted)) {
      assertThat((Double) found).as(x + " " + opcode + " " + y).isEqualTo((Double) wanted);
    }
  }

  @Test
  void everyBinaryOpcodeAgreesWithItsScalarFunctionForAllShapesThatFit() {
    long[][] shapes = {{1, 1}, {3, 5}, {1, 7}, {9, 1}, {40, 130}, {33, 1025}, {300, 260}, {0, 4}};
    Loops.binary()
        .forEach((opcode, _) -> {
          Random random = new Random(7);
          for (long[] shape : shapes) {
            long rows = shape[0];
            long cols = shape[1];
            DenseMatrix full = cells(random, rows, cols);
            compare(opcode, full, cells(random, rows, cols));
            compare(opcode, full, cells(random, 1, cols));
            compare(opcode, full, cells(random, rows, 1));
            compare(opcode, full, cells(random, 1, 1));
            compare(opcode, cells(random, 1, cols), full);
            compare(opcode, cells(random, rows, 1), full);
            compare(opcode, cells(random, 1, 1), full);
            for (double scalar : new double[] {2, -1.5, Double.NaN, 0, -1, 0.5, 3}) {
              compareScalar(opcode, full, scalar);
            }
          }
        });
  }

  /** What the scalar function gives, but for logarithms, which cells have by a series. */
  private static double wanted(String opcode, ScalarBinary scalar, double x, double y) {
    double ofScalars = scalar.apply(Scalar.of(x), Scalar.of(y)).asDouble();
    if (!opcode.equals("log_base")) {
      return ofScalars;
    }
    double ofCells = LogarithmSeries.log(x) / LogarithmSeries.log(y);
    assertNear(ofCells, ofScalars, 4);
    return ofCells;
  }

  private static void assertNear(double found, double wanted, int units) {
    if (Double.isFinite(wanted)) {
      assertThat(Math.abs(found - wanted)).isLessThanOrEqualTo(units * Math.ulp(wanted));
    } else {
      assertThat((Double) found).isEqualTo((Double) wanted);
    }
  }

  private void compare(String opcode, DenseMatrix a, DenseMatrix b) {
    DenseMatrix out = (DenseMatrix) kernels.call(opcode, a, b);
    ScalarBinary scalar = ScalarFunctions.binary(opcode);
    long rows = Math.max(a.rows(), b.rows());
    long cols = Math.max(a.cols(), b.cols());
    if (a.rows() == 0 || b.rows() == 0) {
      rows = 0;
    }
    assertThat(out.rows()).isEqualTo(rows);
    assertThat(out.cols()).isEqualTo(cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        double x = a.get(a.rows() == 1 ? 0 : i, a.cols() == 1 ? 0 : j);
        double y = b.get(b.rows() == 1 ? 0 : i, b.cols() == 1 ? 0 : j);
        double wanted = wanted(opcode, scalar, x, y);
        same(out.get(i, j), wanted, opcode, x, y);
      }
    }
  }

  private void compareScalar(String opcode, DenseMatrix a, double value) {
    DenseMatrix right = (DenseMatrix) kernels.call(opcode, a, value);
    DenseMatrix left = (DenseMatrix) kernels.call(opcode, value, a);
    ScalarBinary scalar = ScalarFunctions.binary(opcode);
    for (long i = 0; i < a.rows(); i++) {
      for (long j = 0; j < a.cols(); j++) {
        double x = a.get(i, j);
        same(right.get(i, j), wanted(opcode, scalar, x, value), opcode, x, value);
        same(left.get(i, j), wanted(opcode, scalar, value, x), opcode, value, x);
      }
    }
  }

  @Test
  void everyUnaryOpcodeAgreesWithItsScalarFunction() {
    Loops.unary()
        .forEach((opcode, loop) -> {
          if (loop instanceof SigmoidLoops.Exponential) {
            return;
          }
          DenseMatrix x = cells(new Random(3), 71, 517);
          DenseMatrix out = (DenseMatrix) kernels.call(opcode, x);
          for (long i = 0; i < x.rows(); i++) {
            for (long j = 0; j < x.cols(); j++) {
              double wanted =
                  ScalarFunctions.unary(opcode).apply(Scalar.of(x.get(i, j))).asDouble();
              DoubleUnaryOperator series = SERIES.get(opcode);
              if (series != null) {
                double ofCells = series.applyAsDouble(x.get(i, j));
                assertNear(ofCells, wanted, 1);
                wanted = ofCells;
              }
              same(out.get(i, j), wanted, opcode, x.get(i, j), 0);
            }
          }
        });
  }

  @Test
  void sigmoidsAreWithinSomeUnitsInTheLastPlaceOfTheTrueValue() {
    Map<String, DoubleUnaryOperator> exact =
        Map.of("sigmoid", x -> 1 / (1 + StrictMath.exp(-x)), "tanh", StrictMath::tanh);
    Random random = new Random(9);
    DenseMatrix x = kernels.empty(700, 301);
    for (long i = 0; i < x.rows(); i++) {
      for (long j = 0; j < x.cols(); j++) {
        int kind = random.nextInt(5);
        double scale =
            kind == 0 ? 1e-9 : kind == 1 ? 0.3 : kind == 2 ? 20 : kind == 3 ? 400 : 1e300;
        x.set(i, j, random.nextInt(50) == 0 ? special(random) : random.nextGaussian() * scale);
      }
    }
    exact.forEach((opcode, function) -> {
      DenseMatrix out = (DenseMatrix) kernels.call(opcode, x);
      for (long i = 0; i < x.rows(); i++) {
        for (long j = 0; j < x.cols(); j++) {
          double wanted = function.applyAsDouble(x.get(i, j));
          double found = out.get(i, j);
          if (Double.doubleToLongBits(found) != Double.doubleToLongBits(wanted)
              && !(Math.abs(found - wanted) <= 4 * Math.ulp(wanted))) {
            assertThat((Double) found).as(opcode + " " + x.get(i, j)).isEqualTo(wanted);
          }
        }
      }
    });
    same(
        ((DenseMatrix) kernels.call("tanh", kernels.matrix(row(-0.0)))).get(0, 0),
        -0.0,
        "tanh",
        0,
        0);
  }

  private static double special(Random random) {
    return SPECIAL[random.nextInt(SPECIAL.length)];
  }

  @Test
  void aSquareHasTheBitsOfThePower() {
    Random random = new Random(5);
    for (int i = 0; i < 100_000; i++) {
      double x = Double.longBitsToDouble(random.nextLong());
      same(x * x, Math.pow(x, 2), "^", x, 2);
    }
  }

  @Test
  void shapesThatDoNotFitAreAnErrorThatNamesThem() {
    assertThatThrownBy(() -> kernels.call("+", kernels.empty(2, 3), kernels.empty(2, 2)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x3")
        .hasMessageContaining("2x2");
    assertThatThrownBy(() -> kernels.call("+", kernels.empty(2, 3), "text"))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void ifelseChoosesCellByCellAndNaNIsTrue() {
    double[][] test = {row(1, 0, Double.NaN)};
    double[][] yes = {row(10, 20, 30)};
    double[][] no = {row(-1, -2, -3)};
    assertThat(kernels.cells("ifelse", test, yes, no)).isEqualTo(new double[][] {row(10, -2, 30)});
    assertThat(kernels.cells("ifelse", test, 7, no)).isEqualTo(new double[][] {row(7, -2, 7)});
    assertThat(kernels.cells("ifelse", test, 7, 8.5)).isEqualTo(new double[][] {row(7, 8.5, 7)});
    assertThat(kernels.cells("ifelse", true, yes, no)).isEqualTo(yes);
    assertThat(kernels.cells("ifelse", false, yes, 5)).isEqualTo(new double[][] {row(5, 5, 5)});
    assertThatThrownBy(() -> kernels.call("ifelse", test, yes, column(1, 2, 3)))
        .isInstanceOf(OperandException.class);
  }

  /** Once the choice of the first block was the test of the second. */
  @Test
  void aScalarTestChoosesInEveryBlock() {
    DenseMatrix yes = kernels.random(new Random(1), 50, 70);
    DenseMatrix no = kernels.matrix(new double[50][70]);
    for (double test : new double[] {1, Double.NaN, 1e-310}) {
      assertThat(kernels.cells("ifelse", test, yes, no)).isEqualTo(kernels.cells("+", yes, 0));
      assertThat(kernels.cells("ifelse", test, no, yes)).isEqualTo(new double[50][70]);
      assertThat(kernels.cells("ifelse", test, 7, no)[49]).containsOnly(7);
    }
    assertThat(kernels.cells("ifelse", 0, no, yes)).isEqualTo(kernels.cells("+", yes, 0));
  }

  @Test
  void ifelseOfScalarsIsTheChosenScalarWidenedToADouble() {
    assertThat(kernels.call("ifelse", true, 7, 1.5)).isEqualTo(Scalar.of(7.0));
    assertThat(kernels.call("ifelse", true, 5, 7)).isEqualTo(Scalar.of(5));
    assertThat(kernels.call("ifelse", true, "a", "b")).isEqualTo(Scalar.of("a"));
    assertThat(kernels.call("ifelse", Double.NaN, 1, 2)).isEqualTo(Scalar.of(1));
  }

  @Test
  void largeMatricesGiveTheSameBitsWithAnyNumberOfThreads() {
    double[][] expected = null;
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (KernelCalls calls = new KernelCalls(threads)) {
        DenseMatrix a = calls.random(new Random(1), 700, 301);
        DenseMatrix v = calls.random(new Random(2), 1, 301);
        double[][] found = Matrices.toArray((DenseMatrix) calls.call("exp", calls.call("*", a, v)));
        expected = expected == null ? found : expected;
        assertThat(found).isDeepEqualTo(expected);
      }
    }
  }
}
