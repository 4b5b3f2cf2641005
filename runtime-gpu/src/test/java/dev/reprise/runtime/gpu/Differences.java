package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.cpu.cell.ScalarFunctions;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.HostedAccelerator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Runs operations on the processor and on an accelerator and compares the cells. An operation that
 * the accelerator hands back is a failure.
 */
public final class Differences implements AutoCloseable {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    2.5,
    -2.5,
    7,
    0.49999999999999994,
    1e30,
    -3e9,
    2147483648.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private final CountingAllocator memory = new CountingAllocator();
  private final Accelerator accelerator;
  private final CpuDevice processor =
      new CpuDevice(2, new NativeLocation(Path.of("target", "natives"), "linux-none"));
  private final HostedAccelerator hosted;
  private final List<MatrixOperand> held = new ArrayList<>();

  public Differences(Accelerator accelerator) {
    this.accelerator = accelerator;
    this.hosted = new HostedAccelerator(accelerator, processor);
  }

  public Allocator memory() {
    return memory;
  }

  public Accelerator accelerator() {
    return accelerator;
  }

  /** A matrix of normal numbers, with special ones among them. */
  public DenseMatrix mixed(SplittableRandom random, long rows, long cols, Precision precision) {
    DenseMatrix matrix = DenseMatrix.allocate(memory, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        boolean isSpecial = random.nextInt(3) == 0;
        matrix.set(
            i, j, isSpecial ? SPECIAL[random.nextInt(SPECIAL.length)] : 3 * random.nextGaussian());
      }
    }
    held.add(matrix);
    return matrix;
  }

  /** Asserts equal bits, but for NaN, whose bits mean nothing. */
  public void assertSame(String opcode, Precision precision, Operand... inputs) {
    compare(0, opcode, precision, inputs);
  }

  /** Asserts cells within {@code tolerance * max(1, |expected|)}. */
  public void assertClose(double tolerance, String opcode, Precision precision, Operand... inputs) {
    compare(tolerance, opcode, precision, inputs);
  }

  private void compare(double tolerance, String opcode, Precision precision, Operand... inputs) {
    Operation operation = operation(opcode, precision);
    hosted.launched().clear();
    ExecutionContext context = new ExecutionContext(memory, 2);
    DenseMatrix expected = dense(processor.execute(operation, inputs, context)[0], precision);
    DenseMatrix actual = (DenseMatrix) hosted.execute(operation, inputs, context)[0];
    try {
      assertThat(hosted.launched()).as("launched on the accelerator").contains(opcode);
      String what = "%s %s %s".formatted(opcode, precision, List.of(inputs));
      assertCells(what, tolerance, actual, expected);
    } finally {
      expected.buffer().release();
      actual.buffer().release();
    }
  }

  private static void assertCells(
      String what, double tolerance, DenseMatrix actual, DenseMatrix expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.precision()).isEqualTo(expected.precision());
    for (long i = 0; i < expected.rows(); i++) {
      for (long j = 0; j < expected.cols(); j++) {
        double wanted = expected.get(i, j);
        double found = actual.get(i, j);
        if (!isClose(found, wanted, tolerance)) {
          throw new AssertionError(
              "%s: cell (%d,%d) of %s is %s, expected %s"
                  .formatted(what, i, j, expected.shape(), found, wanted));
        }
      }
    }
  }

  /**
   * Asserts that a fused expression gives the bits that its operations give one by one on the
   * accelerator.
   *
   * @param root a matrix of the shape of the root
   */
  public void assertFused(
      CellExpression expression, Precision precision, DenseMatrix root, Operand... leaves) {
    Operand expected = oneByOne(expression, precision, leaves);
    Operand actual = fused(expression, precision, root, leaves);
    try {
      if (expected instanceof Scalar scalar) {
        double found = ((Scalar) actual).asDouble();
        assertThat(isClose(found, scalar.asDouble(), 0))
            .as("%s: %s, expected %s", expression, found, scalar.asDouble())
            .isTrue();
      } else {
        assertCells(expression.toString(), 0, (DenseMatrix) actual, (DenseMatrix) expected);
      }
    } finally {
      release(expected);
      release(actual);
    }
  }

  /** Asserts that an operation makes the same of a number wherever that comes from. */
  public void assertNumberInMemory(
      String opcode, DenseMatrix matrix, double number, boolean isFirst) {
    Operation operation = operation(opcode, matrix.precision());
    Operand[] leaves = {isFirst ? Scalar.of(number) : matrix, isFirst ? matrix : Scalar.of(number)};
    assertSameOfNumbers(
        "%s of %s and %s, first %s".formatted(opcode, matrix, number, isFirst),
        leaves,
        operands -> accelerator.launch(operation, operands, accelerator::allocate));
  }

  /** Likewise of an expression. */
  public void assertNumbersInMemory(
      CellExpression expression, DenseMatrix matrix, double... numbers) {
    Operand[] leaves = new Operand[1 + numbers.length];
    leaves[0] = matrix;
    for (int i = 0; i < numbers.length; i++) {
      leaves[1 + i] = Scalar.of(numbers[i]);
    }
    assertSameOfNumbers(
        expression.toString(),
        leaves,
        operands ->
            accelerator.launch(
                expression,
                matrix.precision(),
                operands,
                matrix.rows(),
                matrix.cols(),
                accelerator::allocate));
  }

  private void assertSameOfNumbers(
      String what, Operand[] leaves, Function<DeviceOperand[], DeviceOperand[]> launch) {
    DenseMatrix expected = launched(leaves, false, launch);
    DenseMatrix actual = launched(leaves, true, launch);
    try {
      assertCells(what, 0, actual, expected);
    } finally {
      release(expected);
      release(actual);
    }
  }

  /** The one result of a launch, of numbers that lie in memory or come as they are. */
  private DenseMatrix launched(
      Operand[] leaves, boolean areInMemory, Function<DeviceOperand[], DeviceOperand[]> launch) {
    List<DeviceBuffer> taken = new ArrayList<>();
    try {
      DeviceOperand[] operands = new DeviceOperand[leaves.length];
      for (int i = 0; i < leaves.length; i++) {
        operands[i] =
            !(leaves[i] instanceof Scalar scalar)
                ? uploaded(leaves[i], taken)
                : areInMemory ? inMemory(scalar, taken) : scalar;
      }
      DeviceMatrix result = (DeviceMatrix) launch.apply(operands)[0];
      taken.add(result.buffer());
      awaitAll();
      DenseMatrix host =
          DenseMatrix.allocate(memory, result.rows(), result.cols(), result.precision());
      accelerator.download(result.buffer(), host.segment(), host.bytes());
      return host;
    } finally {
      taken.forEach(DeviceBuffer::release);
    }
  }

  private DeviceNumber inMemory(Scalar scalar, List<DeviceBuffer> taken) {
    DeviceBuffer buffer = accelerator.allocate(Double.BYTES);
    taken.add(buffer);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(Double.BYTES, 64);
      cell.set(ValueLayout.JAVA_DOUBLE, 0, scalar.asDouble());
      accelerator.upload(cell, buffer, Double.BYTES);
      awaitAll();
    }
    return new DeviceNumber(buffer);
  }

  /** Asserts that numbers in memory are computed to what the processor makes of such scalars. */
  public void assertNumber(String opcode, double... numbers) {
    Operand[] leaves = Arrays.stream(numbers).mapToObj(Scalar::of).toArray(Operand[]::new);
    List<Integer> all = numbers.length == 1 ? List.of(0) : List.of(0, 1);
    CellExpression alone =
        new CellExpression(
            Collections.nCopies(numbers.length, CellExpression.Spread.SCALAR),
            List.of(new CellExpression.Node(opcode, all)),
            null);
    DenseMatrix found =
        launched(
            leaves,
            true,
            operands ->
                accelerator.launch(alone, Precision.FP64, operands, 1, 1, accelerator::allocate));
    double expected =
        numbers.length == 1
            ? ScalarFunctions.unary(opcode).apply((Scalar) leaves[0]).asDouble()
            : ScalarFunctions.binary(opcode)
                .apply((Scalar) leaves[0], (Scalar) leaves[1])
                .asDouble();
    try {
      double actual = found.get(0, 0);
      assertThat(isClose(actual, expected, 0))
          .as("%s of %s: %s, expected %s", opcode, List.of(leaves), actual, expected)
          .isTrue();
    } finally {
      release(found);
    }
  }

  private void awaitAll() {
    Mark mark = accelerator.mark();
    mark.await();
    mark.release();
  }

  private static void release(Operand operand) {
    if (operand instanceof DenseMatrix matrix) {
      matrix.buffer().release();
    }
  }

  private Operand oneByOne(CellExpression expression, Precision precision, Operand[] leaves) {
    ExecutionContext context = new ExecutionContext(memory, 2);
    List<Operand> values = new ArrayList<>();
    for (CellExpression.Node node : expression.nodes()) {
      Operand[] operands =
          node.operands().stream()
              .map(i -> i < 0 ? values.get(~i) : leaves[i])
              .toArray(Operand[]::new);
      values.add(hosted.execute(operation(node.opcode(), precision), operands, context)[0]);
    }
    Operand last = values.removeLast();
    if (expression.aggregateOrNull() != null) {
      values.add(last);
      Operation aggregate = operation(expression.aggregateOrNull(), precision);
      last = hosted.execute(aggregate, new Operand[] {last}, context)[0];
    }
    values.forEach(Differences::release);
    return last;
  }

  private Operand fused(
      CellExpression expression, Precision precision, DenseMatrix root, Operand[] leaves) {
    List<DeviceBuffer> taken = new ArrayList<>();
    try {
      DeviceOperand[] operands = new DeviceOperand[leaves.length];
      for (int i = 0; i < leaves.length; i++) {
        operands[i] = leaves[i] instanceof Scalar scalar ? scalar : uploaded(leaves[i], taken);
      }
      assertThat(accelerator.supports(expression, precision, operands, root.rows(), root.cols()))
          .isTrue();
      DeviceMatrix result =
          (DeviceMatrix)
              accelerator
                  .launch(
                      expression,
                      precision,
                      operands,
                      root.rows(),
                      root.cols(),
                      accelerator::allocate)[0];
      taken.add(result.buffer());
      awaitAll();
      return downloaded(expression, result);
    } finally {
      taken.forEach(DeviceBuffer::release);
    }
  }

  private DeviceMatrix uploaded(Operand leaf, List<DeviceBuffer> taken) {
    DenseMatrix matrix = (DenseMatrix) leaf;
    DeviceBuffer buffer = accelerator.allocate(matrix.bytes());
    taken.add(buffer);
    accelerator.upload(matrix.segment(), buffer, matrix.bytes());
    return new DeviceMatrix(matrix.rows(), matrix.cols(), matrix.precision(), buffer);
  }

  private Operand downloaded(CellExpression expression, DeviceMatrix result) {
    DenseMatrix host =
        DenseMatrix.allocate(memory, result.rows(), result.cols(), result.precision());
    accelerator.download(result.buffer(), host.segment(), host.bytes());
    String aggregate = expression.aggregateOrNull();
    if (aggregate == null || !OperationTable.standard().get(aggregate).returnsDouble()) {
      return host;
    }
    Scalar scalar = Scalar.of(host.get(0, 0));
    host.buffer().release();
    return scalar;
  }

  Operation operation(String opcode, Precision precision) {
    return new Operation(OperationTable.standard().get(opcode), Attributes.none())
        .withPrecision(precision);
  }

  private static boolean isClose(double found, double wanted, double tolerance) {
    if (Double.compare(found, wanted) == 0) {
      return true;
    }
    return tolerance > 0
        && (found == wanted
            || Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)));
  }

  /** The processor's result, which may be compressed; it is handed over. */
  private DenseMatrix dense(Operand operand, Precision precision) {
    if (operand instanceof DenseMatrix matrix) {
      return matrix;
    }
    MatrixOperand matrix = (MatrixOperand) operand;
    DenseMatrix dense = DenseMatrix.allocate(memory, matrix.rows(), matrix.cols(), precision);
    for (long i = 0; i < matrix.rows(); i++) {
      for (long j = 0; j < matrix.cols(); j++) {
        dense.set(i, j, matrix.get(i, j));
      }
    }
    matrix.buffer().release();
    return dense;
  }

  /** Releases the operands of a test. */
  public void releaseOperands() {
    held.forEach(matrix -> matrix.buffer().release());
    held.clear();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Override
  public void close() {
    try {
      assertThat(accelerator.liveBuffers()).isZero();
    } finally {
      accelerator.close();
      processor.close();
    }
  }
}
