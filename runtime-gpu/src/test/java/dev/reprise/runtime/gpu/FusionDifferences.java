package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Fused expressions of an accelerator against its own kernels one by one: equal bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FusionDifferences {
  private static final String[] UNARY =
      ("negate ! abs round floor ceil sign sqrt exp log sigmoid tanh atan is.na is.infinite"
              + " relu gelu silu selu")
          .split(" ");
  private static final String[] BINARY =
      ("+ - * / ^ %% %/% pmin pmax < <= > >= == != & | xor log_base bitwAnd bitwShiftL"
              + " leaky_relu elu relu_backward gelu_backward silu_backward selu_backward")
          .split(" ");

  /** The accelerator; the subclass opens and closes it. */
  protected abstract Differences differences();

  @AfterEach
  void releaseOperands() {
    differences().releaseOperands();
  }

  private static final String[] AGGREGATES =
      ("sum mean min max prod rowSums rowMeans rowMins rowMaxs rowProds rowIndexMax rowIndexMin"
              + " colSums colMeans colMins colMaxs colProds")
          .split(" ");

  private static Node node(String opcode, Integer... operands) {
    return new Node(opcode, List.of(operands));
  }

  /** {@code (y - p)^2} with p spread as said. */
  private static CellExpression squares(Spread spread, String aggregateOrNull) {
    return new CellExpression(
        List.of(Spread.FULL, spread, Spread.SCALAR),
        List.of(node("-", 0, 1), node("^", ~0, 2)),
        aggregateOrNull);
  }

  private DenseMatrix plain(long rows, long cols, Precision precision) {
    SplittableRandom random = new SplittableRandom(rows * 31 + cols);
    DenseMatrix matrix = differences().mixed(random, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, random.nextDouble(-1, 2));
      }
    }
    return matrix;
  }

  @Test
  void squaredDifferencesAreFoldedInAnyDirectionAndShapeToTheSameBits() {
    long[][] shapes = {{1, 1}, {1, 7}, {5, 1}, {33, 65}, {20_000, 3}, {3, 20_000}, {257, 511}};
    for (Precision precision : Precision.values()) {
      for (long[] shape : shapes) {
        DenseMatrix y = plain(shape[0], shape[1], precision);
        for (Spread spread : Spread.values()) {
          DenseMatrix p =
              plain(
                  spread == Spread.FULL || spread == Spread.COLUMN ? shape[0] : 1,
                  spread == Spread.FULL || spread == Spread.ROW ? shape[1] : 1,
                  precision);
          Operand[] leaves = {y, p, Scalar.of(2L)};
          differences().assertFused(squares(spread, null), precision, y, leaves);
          for (String aggregate : aggregates(shape, spread)) {
            differences().assertFused(squares(spread, aggregate), precision, y, leaves);
          }
        }
      }
    }
  }

  @Test
  void allPairsOfAColumnAndARowHaveTheBitsOfTheirOperations() {
    for (Precision precision : Precision.values()) {
      for (long[] shape : new long[][] {{2, 3}, {33, 65}, {2_000, 3}, {3, 2_000}}) {
        DenseMatrix like = plain(shape[0], shape[1], precision);
        Operand[] leaves = {
          plain(shape[0], 1, precision), plain(1, shape[1], precision), Scalar.of(2L)
        };
        for (String aggregate : new String[] {null, "sum", "rowSums", "colMaxs"}) {
          CellExpression pairs =
              new CellExpression(
                  List.of(Spread.COLUMN, Spread.ROW, Spread.SCALAR),
                  List.of(node("-", 0, 1), node("^", ~0, 2), node("*", ~1, 1)),
                  aggregate);
          differences().assertFused(pairs, precision, like, leaves);
        }
      }
    }
  }

  /** All with all spreads for one shape; elsewhere sums and one other, since kernels take long. */
  private static List<String> aggregates(long[] shape, Spread spread) {
    return shape[0] == 33
        ? List.of(AGGREGATES)
        : List.of("sum", "rowSums", "colSums", AGGREGATES[2 + 5 * spread.ordinal() % 15]);
  }

  @Test
  void treesOfAnyOperationsGiveTheBitsOfTheirOperations() {
    for (Precision precision : Precision.values()) {
      for (int seed = 0; seed < 4; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        DenseMatrix full = differences().mixed(random, 37, 29, precision);
        Operand[] leaves = {
          full,
          differences().mixed(random, 37, 29, precision),
          differences().mixed(random, 1, 29, precision),
          differences().mixed(random, 37, 1, precision),
          differences().mixed(random, 1, 1, precision),
          Scalar.of(random.nextBoolean() ? 2 : 0.3)
        };
        CellExpression tree = tree(random);
        differences().assertFused(tree, precision, full, leaves);
      }
    }
  }

  /** Every node reads a full leaf or node first, so that all have the full shape. */
  private static CellExpression tree(SplittableRandom random) {
    List<Node> nodes = new ArrayList<>();
    int last = 0;
    for (int i = 0; i < 12; i++) {
      int other = random.nextInt(6);
      switch (random.nextInt(5)) {
        case 0 -> nodes.add(node(UNARY[random.nextInt(UNARY.length)], last));
        case 1 -> nodes.add(node("ifelse", random.nextInt(2), last, random.nextInt(2)));
        case 2 -> nodes.add(node(BINARY[random.nextInt(BINARY.length)], other, last));
        default -> nodes.add(node(BINARY[random.nextInt(BINARY.length)], last, other));
      }
      last = ~i;
    }
    return new CellExpression(
        List.of(Spread.FULL, Spread.FULL, Spread.ROW, Spread.COLUMN, Spread.SCALAR, Spread.SCALAR),
        nodes,
        null);
  }

  @Test
  void aNumberInMemoryGivesTheBitsOfTheSameAmongTheArguments() {
    double[] numbers = {0, -0.0, 2, 0.1, 1e-300, -7.3, Double.NaN, Double.NEGATIVE_INFINITY};
    for (Precision precision : Precision.values()) {
      DenseMatrix matrix = differences().mixed(new SplittableRandom(5), 23, 31, precision);
      // Computed as cells, by the kind of exponent, and as wide numbers.
      for (String opcode : List.of("*", "^", "<")) {
        for (double number : numbers) {
          differences().assertNumberInMemory(opcode, matrix, number, true);
          differences().assertNumberInMemory(opcode, matrix, number, false);
        }
      }
    }
  }

  @Test
  void aNumberInMemoryMayBeALeafOfATree() {
    for (Precision precision : Precision.values()) {
      DenseMatrix y = differences().mixed(new SplittableRandom(6), 21, 13, precision);
      CellExpression tree =
          new CellExpression(
              List.of(Spread.FULL, Spread.SCALAR, Spread.SCALAR),
              List.of(node("*", 0, 1), node("-", ~0, 2), node("pmax", ~1, 0)),
              null);
      differences().assertNumbersInMemory(tree, y, 0.1, -7.5);
    }
  }

  /** What a program makes of numbers that lie there: what the processor makes of them. */
  @Test
  void numbersInMemoryAreComputedToTheBitsOfTheProcessor() {
    double[] numbers = {
      0,
      -0.0,
      1,
      -1,
      3,
      0.1,
      -7.3,
      1e-310,
      Double.MIN_VALUE,
      1e300,
      -1e300,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (double a : numbers) {
      for (String opcode : List.of("negate", "abs", "sqrt")) {
        differences().assertNumber(opcode, a);
      }
      for (double b : numbers) {
        for (String opcode : List.of("+", "-", "*", "/", "pmin", "pmax")) {
          differences().assertNumber(opcode, a, b);
        }
      }
    }
  }

  @Test
  void anOperationTakesANumberInMemoryBesideADenseMatrixAlone() {
    Operation product = differences().operation("*", Precision.FP64);
    DeviceNumber number = DeviceNumber.described();
    DeviceMatrix matrix = DeviceMatrix.described(new Shape(4, 5), Precision.FP64);
    DeviceMatrix other = DeviceMatrix.described(new Shape(4, 5), Precision.FP32);
    DeviceSparse sparse = DeviceSparse.described(new Shape(4, 5), Precision.FP64, 3);
    Accelerator accelerator = differences().accelerator();
    assertThat(accelerator.supports(product, new DeviceOperand[] {matrix, number})).isTrue();
    assertThat(accelerator.supports(product, new DeviceOperand[] {number, matrix})).isTrue();
    assertThat(accelerator.supports(product, new DeviceOperand[] {number, number})).isFalse();
    assertThat(accelerator.supports(product, new DeviceOperand[] {other, number})).isFalse();
    assertThat(accelerator.supports(product, new DeviceOperand[] {sparse, number})).isFalse();
    Operation matmul = differences().operation("matmul", Precision.FP64);
    assertThat(accelerator.supports(matmul, new DeviceOperand[] {matrix, number})).isFalse();
  }

  @Test
  void whatHasNoKernelIsRefused() {
    DeviceOperand[] leaves = {
      new DeviceMatrix(4, 5, Precision.FP64, null),
      new DeviceMatrix(4, 5, Precision.FP64, null),
      Scalar.of(2L)
    };
    assertSupported(true, squares(Spread.FULL, null), leaves);
    assertSupported(true, squares(Spread.FULL, "colSums"), leaves);
    assertSupported(false, squares(Spread.FULL, "rowVars"), leaves);
    assertSupported(false, squares(Spread.ROW, null), leaves);
    CellExpression product =
        new CellExpression(List.of(Spread.FULL, Spread.FULL), List.of(node("%*%", 0, 1)), null);
    assertSupported(false, product, new DeviceOperand[] {leaves[0], leaves[1]});
    leaves[2] = Scalar.of("two");
    assertSupported(false, squares(Spread.FULL, null), leaves);
    leaves[2] = Scalar.of(2L);
    leaves[1] = new DeviceMatrix(4, 5, Precision.FP32, null);
    assertSupported(false, squares(Spread.FULL, null), leaves);
  }

  private void assertSupported(
      boolean expected, CellExpression expression, DeviceOperand[] described) {
    assertThat(differences().accelerator().supports(expression, Precision.FP64, described, 4, 5))
        .isEqualTo(expected);
  }
}
