package dev.reprise.runtime.cpu.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.cell.BlockSteps;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What operations compute lies between the bounds that are told of it. */
class BoundsRulesTest {
  private static final int CELLS = 200;

  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261130);
  private final CpuDevice device = new CpuDevice(2, TestDevices.natives());
  private final Parallel parallel = new Parallel(2);
  private final ExecutionContext context = new ExecutionContext(allocator, 2);

  @AfterEach
  void close() {
    device.close();
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  static List<String> unary() {
    return BlockSteps.unary().stream().sorted().toList();
  }

  static List<String> binary() {
    return BlockSteps.binary().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("unary")
  void ofOneOperand(String opcode) {
    for (int i = 0; i < 300; i++) {
      check(opcode, cells());
    }
  }

  @ParameterizedTest
  @MethodSource("binary")
  void ofTwoOperands(String opcode) {
    for (int i = 0; i < 300; i++) {
      double[] exponents = new double[CELLS];
      Arrays.fill(exponents, random.nextInt(3) == 0 ? 2 : random.nextGaussian() * 3);
      check(opcode, cells(), random.nextBoolean() ? cells() : exponents);
    }
  }

  @Test
  void whatIsKnownOfTheOperationsOfLosses() {
    CellBounds positive = new CellBounds(0.5, 3);
    for (String opcode : List.of("log", "exp", "sqrt", "sigmoid", "negate", "abs", "tanh")) {
      assertThat(BoundsRules.of(opcode, new CellBounds[] {positive})).as(opcode).isNotNull();
    }
    CellBounds any = new CellBounds(-1, 2);
    for (String opcode : List.of("log", "sqrt")) {
      assertThat(BoundsRules.of(opcode, new CellBounds[] {any})).as(opcode).isNull();
    }
    assertThat(BoundsRules.of("/", new CellBounds[] {positive, any})).isNull();
    assertThat(BoundsRules.of("/", new CellBounds[] {any, positive}))
        .isEqualTo(new CellBounds(-2, 4));
    assertThat(BoundsRules.of("*", new CellBounds[] {new CellBounds(0, 1e200), positive}))
        .isEqualTo(new CellBounds(0, 3e200));
    assertThat(BoundsRules.of("*", new CellBounds[] {new CellBounds(0, 1e308), positive})).isNull();
    assertThat(BoundsRules.of("exp", new CellBounds[] {new CellBounds(0, 710)})).isNull();
    assertThat(BoundsRules.of("exp", new CellBounds[] {new CellBounds(-1e6, 0)}).excludeZero())
        .isFalse();
    assertThat(BoundsRules.of("exp", new CellBounds[] {new CellBounds(-500, 0)}).excludeZero())
        .isTrue();
  }

  @Test
  void boundsOfMatricesAreTheirExtremesUnlessSomeCellIsNotFinite() {
    for (int cells : new int[] {1, 5, 1000, 70_000}) {
      double[] numbers = random.doubles(cells, -5, 7).toArray();
      double least = Arrays.stream(numbers).min().getAsDouble();
      double most = Arrays.stream(numbers).max().getAsDouble();
      assertThat(of(numbers)).isEqualTo(new CellBounds(least, most));
      for (double other :
          new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
        double[] with = numbers.clone();
        with[random.nextInt(cells)] = other;
        assertThat(of(with)).as("%s among %s", other, cells).isNull();
      }
    }
  }

  @Test
  void zerosThatAreNotStoredAreCells() {
    SparseRows rows = new SparseRows(2);
    rows.add(3, 5);
    rows.endRow();
    rows.add(1, 2);
    rows.endRow();
    SparseMatrix matrix = SparseRows.assemble(List.of(rows), 10, allocator);
    assertThat(CellBounds.of(matrix, parallel, context)).isEqualTo(new CellBounds(0, 5));
    matrix.buffer().release();
    SparseMatrix empty = SparseMatrix.allocate(allocator, 0, 10, 0);
    assertThat(CellBounds.of(empty, parallel, context)).isEqualTo(new CellBounds(0, 0));
    empty.buffer().release();
  }

  @Test
  void sumsOfProductsLieBetweenTheirBounds() {
    for (int i = 0; i < 2000; i++) {
      int terms = 1 + random.nextInt(500);
      double[] a = random.doubles(terms, random.nextInt(2) * -3 + 0.1, 4).toArray();
      double[] b = random.doubles(terms, random.nextInt(2) * -3, 1e-3).toArray();
      double sum = 0;
      for (int term = 0; term < terms; term++) {
        sum = Math.fma(a[term], b[term], sum);
      }
      CellBounds bounds = CellBounds.ofProduct(boundsOf(a), boundsOf(b), terms);
      assertThat(sum).isBetween(bounds.least(), bounds.most());
    }
    CellBounds tiny = new CellBounds(1e-160, 1);
    assertThat(CellBounds.ofProduct(tiny, tiny, 3).excludeZero()).isFalse();
    CellBounds plain = new CellBounds(0.5, 1);
    assertThat(CellBounds.ofProduct(plain, plain, 3).excludeZero()).isTrue();
    CellBounds huge = new CellBounds(0, 1e200);
    assertThat(CellBounds.ofProduct(huge, huge, 1)).isNull();
  }

  private CellBounds of(double[] cells) {
    DenseMatrix matrix = matrix(cells);
    CellBounds bounds = CellBounds.of(matrix, parallel, context);
    matrix.buffer().release();
    return bounds;
  }

  private static CellBounds boundsOf(double[] cells) {
    return new CellBounds(
        Arrays.stream(cells).min().getAsDouble(), Arrays.stream(cells).max().getAsDouble());
  }

  /** Cells of some range: near zero or far, of one sign or both, some of them at its ends. */
  private double[] cells() {
    double middle = random.nextInt(3) == 0 ? 0 : random.nextGaussian() * 3;
    double width = Math.exp(random.nextGaussian() * 3);
    double scale = random.nextInt(6) == 0 ? Math.pow(10, random.nextInt(-300, 290)) : 1;
    double[] cells = new double[CELLS];
    for (int i = 0; i < CELLS; i++) {
      cells[i] = scale * (middle + width * random.nextDouble());
    }
    return cells;
  }

  private void check(String opcode, double[]... operands) {
    CellBounds[] of = new CellBounds[operands.length];
    for (int i = 0; i < of.length; i++) {
      of[i] = boundsOf(operands[i]);
    }
    CellBounds bounds = BoundsRules.of(opcode, of);
    if (bounds == null) {
      return;
    }
    assertThat(bounds.least()).isFinite();
    assertThat(bounds.most()).isFinite();
    for (double result : results(opcode, operands)) {
      // The zeros of either sign are one number here.
      assertThat(bounds.least() <= result && result <= bounds.most())
          .as("%s of %s is %s, not in %s", opcode, Arrays.toString(of), result, bounds)
          .isTrue();
      assertThat(bounds.excludeZero() && result == 0).isFalse();
    }
  }

  private List<Double> results(String opcode, double[]... operands) {
    Operand[] inputs = Arrays.stream(operands).map(this::matrix).toArray(Operand[]::new);
    Operation operation = new Operation(OperationTable.standard().get(opcode), Attributes.none());
    DenseMatrix out = (DenseMatrix) device.execute(operation, inputs, context)[0];
    List<Double> results = new ArrayList<>();
    for (int i = 0; i < CELLS; i++) {
      results.add(out.get(0, i));
    }
    out.buffer().release();
    for (Operand input : inputs) {
      ((DenseMatrix) input).buffer().release();
    }
    return results;
  }

  private DenseMatrix matrix(double[] cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, cells.length);
    for (int i = 0; i < cells.length; i++) {
      matrix.set(0, i, cells[i]);
    }
    return matrix;
  }
}
