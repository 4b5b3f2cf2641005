package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short way over few cells gives what {@link CpuDevice#execute} gives, bit by bit. */
class FewCellsTest {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    2,
    0.5,
    -2.5,
    699,
    800,
    1e-310,
    1e300,
    -1e300,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  /** After so many calls a kernel has made its code. */
  private static final int ROUNDS = 80;

  private static final int[][] SHAPES = {
    {1, 1}, {1, 2}, {3, 1}, {2, 2}, {1, 7}, {4, 4}, {5, 13}, {1, 64}, {10, 10}, {31, 33}, {1023, 1}
  };

  private final Random random = new Random(20261130);
  private final CountingAllocator allocator = new CountingAllocator();
  private final ExecutionContext context = new ExecutionContext(allocator, 2);
  private final CpuDevice device = TestDevices.withOpenBlas();

  @AfterEach
  void nothingIsLeft() {
    device.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  static Stream<String> opcodesOfFew() {
    try (CpuDevice device = TestDevices.withOpenBlas()) {
      return OperationTable.standard().all().stream()
          .filter(opcode -> device.supports(new Operation(opcode)))
          .filter(opcode -> device.takesFew(new Operation(opcode)))
          .map(Opcode::name)
          .toList()
          .stream();
    }
  }

  /** Those that take operands of any shapes that fit. */
  static Stream<String> opcodesOfCells() {
    return opcodesOfFew().filter(opcode -> !Set.of("rightIndex", "as.scalar").contains(opcode));
  }

  @Test
  void cellsAndAggregatesAndSmallProductsAreTaken() {
    assertThat(opcodesOfFew())
        .contains("+", "%%", "<=", "^", "abs", "exp", "t", "matmul", "sum", "rowMaxs", "rightIndex")
        .doesNotContain("seq", "rand", "matrix", "leftIndex", "eigen", "order");
  }

  @ParameterizedTest
  @MethodSource("opcodesOfCells")
  void bitsAreThoseOfTheLongWay(String opcode) {
    Operation operation = new Operation(OperationTable.standard().get(opcode));
    for (int round = 0; round < ROUNDS; round++) {
      Operand[] inputs = inputs(operation, SHAPES[round % SHAPES.length], round);
      if (Stream.of(inputs).noneMatch(DenseMatrix.class::isInstance)) {
        continue;
      }
      Operand expected = device.execute(operation, inputs, context)[0];
      Operand few = device.executeFew(operation, inputs, context);
      assertThat(bits(few)).as("%s of %s", opcode, List.of(inputs)).isEqualTo(bits(expected));
      Stream.concat(Stream.of(inputs), Stream.of(expected, few)).forEach(FewCellsTest::release);
    }
  }

  @Test
  void slicesOfALargeMatrixAndSingleCellsHaveTheirBits() {
    Operation slice = new Operation(OperationTable.standard().get("rightIndex"));
    Operation toScalar = new Operation(OperationTable.standard().get("as.scalar"));
    DenseMatrix x = matrix(60, 70);
    for (int round = 0; round < ROUNDS; round++) {
      long row = 1 + random.nextInt(50);
      long col = 1 + random.nextInt(50);
      boolean isCell = round % 2 == 0;
      Operand[] inputs = {
        x,
        Scalar.of(row),
        isCell ? Scalar.absent() : Scalar.of(row + random.nextInt(10)),
        Scalar.of(col),
        isCell ? Scalar.absent() : Scalar.of(col + random.nextInt(20))
      };
      Operand few = device.executeFew(slice, inputs, context);
      Operand expected = device.execute(slice, inputs, context)[0];
      assertThat(bits(few)).isEqualTo(bits(expected));
      if (isCell) {
        Operand[] cell = {few};
        assertThat(bits(device.executeFew(toScalar, cell, context)))
            .containsExactly(Double.doubleToLongBits(x.get(row - 1, col - 1)));
      }
      release(few);
      release(expected);
    }
    release(x);
  }

  @Test
  void codeIsMadeOfWhatComesOften() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    Operation plus = new Operation(OperationTable.standard().get("+"));
    DenseMatrix x = matrix(2, 3);
    Operand[] inputs = {x, x};
    try (KernelCalls calls = new KernelCalls()) {
      FewCells kernel = (FewCells) calls.table().find(plus.opcode());
      int refused = 0;
      Operand made = null;
      while (made == null && refused < 1000) {
        made = kernel.runFew(plus, inputs, context);
        refused += made == null ? 1 : 0;
      }
      assertThat(refused).isEqualTo(64);
      release(made);
    }
    release(x);
  }

  @Test
  void mistakesAreToldAsOnTheLongWay() {
    Operation plus = new Operation(OperationTable.standard().get("+"));
    DenseMatrix x = matrix(2, 3);
    DenseMatrix y = matrix(3, 2);
    for (Operand other : new Operand[] {y, Scalar.of("text")}) {
      Operand[] inputs = {x, other};
      String told = toldBy(() -> device.execute(plus, inputs, context));
      assertThat(toldBy(() -> device.executeFew(plus, inputs, context))).isEqualTo(told);
    }
    release(x);
    release(y);
  }

  @Test
  void onlyDoublesAreTaken() {
    Operation plus = new Operation(OperationTable.standard().get("+"));
    assertThat(device.takesFew(plus)).isTrue();
    assertThat(device.takesFew(plus.withPrecision(Precision.FP32))).isFalse();
  }

  private static String toldBy(ThrowingCallable call) {
    List<Throwable> told = new ArrayList<>();
    assertThatThrownBy(call).isInstanceOf(OperandException.class).satisfies(told::add);
    return told.getFirst().getMessage();
  }

  /** Matrices and numbers in turns; left-out arguments as defaults. */
  private Operand[] inputs(Operation operation, int[] shape, int round) {
    int count = operation.opcode().parameters().size();
    Operand[] inputs = new Operand[count];
    for (int i = 0; i < count; i++) {
      Scalar byDefault = operation.opcode().parameters().get(i).defaultValue();
      boolean isNumber = (round / SHAPES.length + i) % 3 == 2 && !operation.name().equals("matmul");
      inputs[i] =
          byDefault != null
              ? byDefault
              : isNumber && count > 1 ? Scalar.of(number()) : matrix(operation, shape, i, round);
    }
    return inputs;
  }

  private DenseMatrix matrix(Operation operation, int[] shape, int at, int round) {
    boolean isTurned = at == 1 && operation.name().equals("matmul");
    boolean isRow = at == 1 && round % 4 == 3 && operation.name().equals("+");
    return isTurned
        ? matrix(shape[1], 2)
        : isRow ? matrix(1, shape[1]) : matrix(shape[0], shape[1]);
  }

  private DenseMatrix matrix(int rows, int cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        matrix.set(row, col, number());
      }
    }
    return matrix;
  }

  private double number() {
    return random.nextInt(5) == 0
        ? SPECIAL[random.nextInt(SPECIAL.length)]
        : random.nextGaussian() * 4;
  }

  /** All NaNs as one: which of two an addition leaves is up to the compiler. */
  private static List<Long> bits(Operand operand) {
    if (operand instanceof Scalar scalar) {
      return List.of(Double.doubleToLongBits(scalar.asDouble()));
    }
    DenseMatrix matrix = (DenseMatrix) operand;
    return Stream.concat(
            Stream.of(matrix.rows(), matrix.cols()),
            LongStream.range(0, matrix.cells())
                .mapToObj(at ->
                    Double.doubleToLongBits(matrix.get(at / matrix.cols(), at % matrix.cols()))))
        .toList();
  }

  private static void release(Operand operand) {
    if (operand instanceof MatrixOperand matrix) {
      matrix.buffer().release();
    }
  }
}
