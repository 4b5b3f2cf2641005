package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Element-wise operations over matrices, scalars and repeated vectors, against plain Java. */
public abstract class CellContract extends DeviceContract {
  /** Functions of a device's mathematical library may differ by some units in the last place. */
  private static final double TOLERANCE = 1e-12;

  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    2.5,
    -2.5,
    1e300,
    5e-324,
    3e9,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private static final double SELU = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;

  /** 1 / (1 + e^-2u), which is (1 + tanh(u)) / 2. */
  private static double geluShare(double x) {
    return 1 / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private static double gelu(double x) {
    return x > 10 ? x : x < -10 ? 0 : x * geluShare(x);
  }

  private static double geluSlope(double x) {
    if (Math.abs(x) > 10) {
      return x > 0 ? 1 : 0;
    }
    double s = geluShare(x);
    return s + 2 * x * s * (1 - s) * Math.sqrt(2 / Math.PI) * (1 + 0.134145 * x * x);
  }

  private static double siluSlope(double x) {
    double s = 1 / (1 + Math.exp(-x));
    return s * (1 + x * (1 - s));
  }

  private static final Map<String, DoubleBinaryOperator> BINARY =
      Map.ofEntries(
          Map.entry("+", (a, b) -> a + b),
          Map.entry("-", (a, b) -> a - b),
          Map.entry("*", (a, b) -> a * b),
          Map.entry("/", (a, b) -> a / b),
          Map.entry("%/%", CellContract::whole),
          Map.entry("%%", (a, b) -> a - whole(a, b) * b),
          Map.entry("^", Math::pow),
          Map.entry("pmin", Math::min),
          Map.entry("pmax", Math::max),
          Map.entry("<", (a, b) -> a < b ? 1 : 0),
          Map.entry("<=", (a, b) -> a <= b ? 1 : 0),
          Map.entry(">", (a, b) -> a > b ? 1 : 0),
          Map.entry(">=", (a, b) -> a >= b ? 1 : 0),
          Map.entry("==", (a, b) -> a == b ? 1 : 0),
          Map.entry("!=", (a, b) -> a != b ? 1 : 0),
          Map.entry("&", (a, b) -> a != 0 && b != 0 ? 1 : 0),
          Map.entry("|", (a, b) -> a != 0 || b != 0 ? 1 : 0),
          Map.entry("xor", (a, b) -> (a != 0) != (b != 0) ? 1 : 0),
          Map.entry("log_base", (a, b) -> Math.log(a) / Math.log(b)),
          Map.entry("bitwAnd", (a, b) -> (int) a & (int) b),
          Map.entry("bitwOr", (a, b) -> (int) a | (int) b),
          Map.entry("bitwXor", (a, b) -> (int) a ^ (int) b),
          Map.entry("bitwShiftL", CellContract::shiftLeft),
          Map.entry("bitwShiftR", (a, b) -> (int) a >> (int) b),
          Map.entry("leaky_relu", (a, b) -> a > 0 ? a : b * a),
          Map.entry("elu", (a, b) -> a > 0 ? a : b * Math.expm1(a)),
          Map.entry("relu_backward", (a, b) -> (b > 0 ? 1 : 0) * a),
          Map.entry("gelu_backward", (a, b) -> geluSlope(b) * a),
          Map.entry("silu_backward", (a, b) -> siluSlope(b) * a),
          Map.entry(
              "selu_backward", (a, b) -> (b > 0 ? SELU : SELU * SELU_ALPHA * Math.exp(b)) * a));

  private static final Map<String, DoubleUnaryOperator> UNARY =
      Map.ofEntries(
          Map.entry("negate", x -> -x),
          Map.entry("!", x -> x == 0 ? 1 : 0),
          Map.entry("abs", Math::abs),
          Map.entry("round", Math::round),
          Map.entry("floor", Math::floor),
          Map.entry("ceil", Math::ceil),
          Map.entry("sign", Math::signum),
          Map.entry("sqrt", Math::sqrt),
          Map.entry("exp", Math::exp),
          Map.entry("log", Math::log),
          Map.entry("sigmoid", x -> 1 / (1 + Math.exp(-x))),
          Map.entry("tanh", Math::tanh),
          Map.entry("sinh", Math::sinh),
          Map.entry("cosh", Math::cosh),
          Map.entry("sin", Math::sin),
          Map.entry("cos", Math::cos),
          Map.entry("tan", Math::tan),
          Map.entry("asin", Math::asin),
          Map.entry("acos", Math::acos),
          Map.entry("atan", Math::atan),
          Map.entry("is.na", x -> Double.isNaN(x) ? 1 : 0),
          Map.entry("is.nan", x -> Double.isNaN(x) ? 1 : 0),
          Map.entry("is.infinite", x -> Double.isInfinite(x) ? 1 : 0),
          Map.entry("relu", x -> Math.max(0, x)),
          Map.entry("gelu", CellContract::gelu),
          Map.entry("silu", x -> x / (1 + Math.exp(-x))),
          Map.entry("selu", x -> SELU * (x > 0 ? x : SELU_ALPHA * Math.expm1(x))));

  /** Java's shift; -2^31 is R's integer for "not available". */
  private static double shiftLeft(double a, double b) {
    int shifted = (int) a << (int) b;
    return shifted == Integer.MIN_VALUE ? Double.NaN : shifted;
  }

  private static double whole(double a, double b) {
    double quotient = a / b;
    return Double.isFinite(quotient) ? (double) (long) quotient : quotient;
  }

  private DenseMatrix cells(SplittableRandom random, long rows, long cols) {
    DenseMatrix matrix = randomMatrix(random, rows, cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        if (random.nextInt(4) == 0) {
          matrix.set(i, j, SPECIAL[random.nextInt(SPECIAL.length)]);
        }
      }
    }
    return matrix;
  }

  @Test
  void binaryOperationsRepeatVectorsAndSingleCellsOnEitherSide() {
    long[][] shapes = {{1, 1}, {3, 5}, {1, 7}, {9, 1}, {40, 130}, {300, 7}, {0, 4}};
    BINARY.forEach((opcode, reference) -> {
      SplittableRandom random = random(1);
      for (long[] shape : shapes) {
        DenseMatrix full = cells(random, shape[0], shape[1]);
        for (long[] other : new long[][] {shape, {1, shape[1]}, {shape[0], 1}, {1, 1}}) {
          DenseMatrix part = cells(random, other[0], other[1]);
          assertClose(run(opcode, full, part), expected(reference, full, part, full), TOLERANCE);
          assertClose(run(opcode, part, full), expected(reference, part, full, full), TOLERANCE);
        }
        DenseMatrix two = matrix(new double[] {2});
        assertClose(
            run(opcode, full, Scalar.of(2.0)), expected(reference, full, two, full), TOLERANCE);
        assertClose(
            run(opcode, Scalar.of(2L), full), expected(reference, two, full, full), TOLERANCE);
      }
    });
  }

  @Test
  void aColumnWithARowMakesAllPairs() {
    BINARY.forEach((opcode, reference) -> {
      boolean isFunction =
          opcode.endsWith("_backward") || opcode.equals("leaky_relu") || opcode.equals("elu");
      SplittableRandom random = random(1);
      for (long[] shape :
          new long[][] {{2, 2}, {3, 5}, {40, 130}, {300, 7}, {3, 2000}, {0, 4}, {4, 0}}) {
        DenseMatrix column = cells(random, shape[0], 1);
        DenseMatrix row = cells(random, 1, shape[1]);
        if (isFunction) {
          assertMisfit(opcode, column, row);
          continue;
        }
        DenseMatrix like = randomMatrix(random, shape[0], shape[1]);
        assertClose(run(opcode, column, row), expected(reference, column, row, like), TOLERANCE);
        if (shape[0] > 1 && shape[1] > 1) {
          assertMisfit(opcode, row, column);
        }
      }
      assertMisfit(opcode, cells(random, 3, 1), cells(random, 2, 4));
    });
  }

  private void assertMisfit(String opcode, DenseMatrix x, DenseMatrix y) {
    assertThatThrownBy(() -> run(opcode, x, y))
        .as(opcode)
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("needs equal shapes")
        .hasMessageContaining(x.shape() + " and " + y.shape());
  }

  private static double[][] expected(
      DoubleBinaryOperator reference, DenseMatrix a, DenseMatrix b, DenseMatrix full) {
    double[][] expected = new double[(int) full.rows()][(int) full.cols()];
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        double x = a.get(a.rows() == 1 ? 0 : i, a.cols() == 1 ? 0 : j);
        double y = b.get(b.rows() == 1 ? 0 : i, b.cols() == 1 ? 0 : j);
        expected[i][j] = reference.applyAsDouble(x, y);
      }
    }
    return expected;
  }

  @Test
  void unaryOperationsTreatSpecialNumbersAsJavaDoes() {
    UNARY.forEach((opcode, reference) -> {
      DenseMatrix x = cells(random(2), 37, 41);
      double[][] expected = Matrices.toArray(x);
      for (double[] row : expected) {
        for (int j = 0; j < row.length; j++) {
          row[j] = reference.applyAsDouble(row[j]);
        }
      }
      assertClose(run(opcode, x), expected, TOLERANCE);
    });
  }

  @Test
  void choicesTakeMatricesAndScalars() {
    DenseMatrix test = matrix(new double[] {1, 0, Double.NaN});
    DenseMatrix yes = matrix(new double[] {10, 20, 30});
    assertClose(run("ifelse", test, yes, Scalar.of(5L)), new double[][] {{10, 5, 30}}, 0);
    assertClose(run("ifelse", test, Scalar.of(1.5), yes), new double[][] {{1.5, 20, 1.5}}, 0);
    assertClose(run("ifelse", test, yes, test), new double[][] {{10, 0, 30}}, 0);
    assertClose(
        run("ifelse", test, Scalar.of(true), Scalar.of(-2L)), new double[][] {{1, -2, 1}}, 0);
    assertClose(run("ifelse", Scalar.of(true), yes, test), Matrices.toArray(yes), 0);
    assertClose(run("ifelse", Scalar.of(0L), yes, Scalar.of(4L)), new double[][] {{4, 4, 4}}, 0);
    DenseMatrix pair = matrix(new double[] {1, 2});
    assertThatThrownBy(() -> run("ifelse", test, yes, pair))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("1x3")
        .hasMessageContaining("1x2");
  }

  @Test
  void choicesTakeMatricesOfOneCellAsNumbers() {
    DenseMatrix test = matrix(new double[] {1, 0, Double.NaN});
    DenseMatrix yes = matrix(new double[] {10, 20, 30});
    DenseMatrix zero = matrix(new double[] {0});
    DenseMatrix seven = matrix(new double[] {7});
    assertClose(run("ifelse", zero, Scalar.of(1L), Scalar.of(2L)), new double[][] {{2}}, 0);
    assertClose(run("ifelse", zero, seven, zero), new double[][] {{0}}, 0);
    assertClose(run("ifelse", zero, yes, test), Matrices.toArray(test), 0);
    assertClose(run("ifelse", seven, yes, test), Matrices.toArray(yes), 0);
    assertClose(run("ifelse", zero, yes, seven), new double[][] {{7, 7, 7}}, 0);
    assertClose(run("ifelse", Scalar.of(true), seven, yes), new double[][] {{7, 7, 7}}, 0);
    assertClose(run("ifelse", test, yes, seven), new double[][] {{10, 7, 30}}, 0);
    assertClose(run("ifelse", test, seven, yes), new double[][] {{7, 20, 7}}, 0);
    assertClose(run("ifelse", test, seven, zero), new double[][] {{7, 0, 7}}, 0);
    assertClose(run("ifelse", test, Scalar.of(3L), seven), new double[][] {{3, 7, 3}}, 0);
  }

  @Test
  void scalarsGiveScalars() {
    assertThat(runScalar("+", Scalar.of(2L), Scalar.of(3L))).isEqualTo(Scalar.of(5L));
    assertThat(runScalar("/", Scalar.of(3L), Scalar.of(2L))).isEqualTo(Scalar.of(1.5));
    assertThat(runScalar("<", Scalar.of(3L), Scalar.of(2L))).isEqualTo(Scalar.of(false));
    assertThat(runScalar("sqrt", Scalar.of(4L))).isEqualTo(Scalar.of(2.0));
  }

  @Test
  void numbersOfThreadsChangeNoBit() {
    SplittableRandom random = random(3);
    DenseMatrix x = cells(random, 900, 201);
    DenseMatrix row = cells(random, 1, 201);
    for (String opcode : new String[] {"+", "pmax", "^"}) {
      assertSameBitsWithAnyThreads(opcode, Attributes.none(), x, row);
      assertSameBitsWithAnyThreads(opcode, Attributes.none(), x, x);
    }
    assertSameBitsWithAnyThreads("exp", Attributes.none(), x);
  }

  @Test
  void shapesThatDoNotFitAreRefusedAndNamed() {
    assertThatThrownBy(() -> run("+", emptyMatrix(2, 3), emptyMatrix(2, 2)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("2x3")
        .hasMessageContaining("2x2");
  }
}
