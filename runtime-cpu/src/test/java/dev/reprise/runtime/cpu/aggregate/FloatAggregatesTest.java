package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Aggregates of floats have the bits of those of the widened matrix, rounded at the end. */
class FloatAggregatesTest {
  /** Few cells, many, narrow, wide, in chunks and strips with rests. */
  private static final long[][] SHAPES = {
    {0, 0},
    {0, 3},
    {3, 0},
    {1, 1},
    {1, 5000},
    {5000, 1},
    {7, 3},
    {1500, 255},
    {300, 256},
    {70, 1030},
    {3, 2500},
    {40_001, 5}
  };

  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261129);
  private final Parallel parallel = new Parallel(1);
  private final KernelTable kernels = table(parallel);
  private final CpuDevice device = TestDevices.withoutOpenBlas();

  @AfterEach
  void close() {
    parallel.close();
    device.close();
  }

  private static KernelTable table(Parallel parallel) {
    KernelTable.Builder table = new KernelTable.Builder();
    AggregateKernels.registerFloats(table, parallel);
    return table.build();
  }

  /** All but the running ones, whose results have the shape of their operand. */
  private List<String> aggregates() {
    return kernels.opcodes().stream().filter(opcode -> !opcode.startsWith("cum")).toList();
  }

  private static Operation narrow(String opcode) {
    return new Operation(OperationTable.standard().get(opcode), Attributes.none())
        .withPrecision(Precision.FP32);
  }

  private DenseMatrix floats(long rows, long cols, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, Precision.FP32);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.getAsDouble());
      }
    }
    return matrix;
  }

  private double anyNumber() {
    return switch (random.nextInt(400)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3, 4, 5 -> -0.0;
      default -> random.nextGaussian();
    };
  }

  private ExecutionContext context(int threads) {
    return new ExecutionContext(allocator, threads);
  }

  private Operand run(int threads, String opcode, DenseMatrix x) {
    return device.execute(narrow(opcode), new Operand[] {x}, context(threads))[0];
  }

  private static void assertSameBits(String what, Operand found, Operand wanted) {
    if (wanted instanceof Scalar scalar) {
      assertThat(bits(((Scalar) found).asDouble())).as(what).isEqualTo(bits(scalar.asDouble()));
      return;
    }
    DenseMatrix matrix = (DenseMatrix) wanted;
    DenseMatrix other = (DenseMatrix) found;
    assertThat(other.precision()).as(what).isEqualTo(Precision.FP32);
    assertThat(other.shape()).as(what).isEqualTo(matrix.shape());
    for (long i = 0; i < matrix.rows(); i++) {
      for (long j = 0; j < matrix.cols(); j++) {
        assertThat(bits(other.get(i, j))).as(what).isEqualTo(bits(matrix.get(i, j)));
      }
    }
  }

  private static long bits(double number) {
    return Double.doubleToLongBits(number);
  }

  private void check(DenseMatrix x) {
    // A wide operand is one that no kernel for floats takes.
    DenseMatrix wide = x.converted(Precision.FP64, allocator);
    for (String opcode : aggregates()) {
      Operand wanted = run(1, opcode, wide);
      for (int threads : new int[] {1, 2, 4}) {
        String what = opcode + " of " + x.shape() + " with " + threads + " threads";
        assertSameBits(what, run(threads, opcode, x), wanted);
      }
    }
  }

  @Test
  void anyShapeOfFiniteCellsHasTheBitsOfDoublesRounded() {
    for (long[] shape : SHAPES) {
      check(floats(shape[0], shape[1], random::nextGaussian));
    }
  }

  @Test
  void soHaveMatricesWithInfinitiesAndCellsThatAreNoNumbers() {
    for (long[] shape : SHAPES) {
      check(floats(shape[0], shape[1], this::anyNumber));
    }
    check(floats(1, 1, () -> -0.0));
    check(floats(30, 2, () -> Double.NaN));
  }

  @Test
  void everyAggregateThatReadsCellByCellTakesFloatsAsTheyAre() {
    assertThat(kernels.opcodes())
        .containsAll(AggregateKernels.overSources(parallel).keySet())
        .containsAll(Set.of("var", "sd", "rowVars", "rowSds", "colVars", "colSds"));
    DenseMatrix x = floats(40, 30, random::nextGaussian);
    for (String opcode : aggregates()) {
      Operand[] outputs = kernels.find(opcode).run(narrow(opcode), new Operand[] {x}, context(1));
      assertThat(outputs).as(opcode).hasSize(1);
    }
  }

  @Test
  void anAggregateOfFloatsTakesNoMemoryForAWidenedCopy() {
    DenseMatrix x = floats(400, 300, random::nextGaussian);
    for (String opcode : aggregates()) {
      // Twice: as doubles and rounded.
      CountingAllocator forResults = new CountingAllocator(400 * (Double.BYTES + Float.BYTES));
      device.execute(narrow(opcode), new Operand[] {x}, new ExecutionContext(forResults, 2));
      assertThat(forResults.liveBuffers()).as(opcode).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aScalarCountsAsASingleCellStill() {
    for (String opcode : new String[] {"sum", "mean", "min", "max", "var", "sd"}) {
      Operand[] two = {Scalar.of(2.0)};
      Scalar result = (Scalar) device.execute(narrow(opcode), two, context(1))[0];
      boolean isSpread = opcode.equals("var") || opcode.equals("sd");
      assertThat(result.asDouble()).as(opcode).isEqualTo(isSpread ? 0 : 2);
    }
  }
}
