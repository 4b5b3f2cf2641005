package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels for floats give what doubles give when every result is rounded. */
class FloatFormsTest {
  @TempDir Path natives;
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261127);
  private CpuDevice device;

  @BeforeEach
  void openDevice() {
    String platform =
        NativeLocation.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    device = new CpuDevice(2, new NativeLocation(natives, platform));
  }

  @AfterEach
  void closeDevice() {
    device.close();
  }

  private static Operation narrow(String opcode) {
    return new Operation(OperationTable.standard().get(opcode), Attributes.none())
        .withPrecision(Precision.FP32);
  }

  private DenseMatrix floats(long rows, long cols) {
    return Matrices.random(allocator, random, rows, cols).converted(Precision.FP32, allocator);
  }

  private DenseMatrix run(int threads, Operation operation, Operand... inputs) {
    ExecutionContext context = new ExecutionContext(allocator, threads);
    return (DenseMatrix) device.execute(operation, inputs, context)[0];
  }

  /** Runs with the operands widened: not all are floats, so no kernel for floats takes them. */
  private DenseMatrix runWidened(Operation operation, Operand... inputs) {
    Operand[] wide = inputs.clone();
    for (int i = 0; i < wide.length; i++) {
      if (wide[i] instanceof DenseMatrix matrix) {
        wide[i] = matrix.converted(Precision.FP64, allocator);
      }
    }
    return run(1, operation, wide);
  }

  private static void assertSameBits(DenseMatrix found, DenseMatrix wanted) {
    assertThat(found.precision()).isEqualTo(Precision.FP32);
    assertThat(found.shape()).isEqualTo(wanted.shape());
    for (long i = 0; i < found.rows(); i++) {
      for (long j = 0; j < found.cols(); j++) {
        assertThat(Double.doubleToRawLongBits(found.get(i, j)))
            .isEqualTo(Double.doubleToRawLongBits(wanted.get(i, j)));
      }
    }
  }

  @Test
  void aRangeOfFloatsIsThatOfTheWidenedMatrixRounded() {
    DenseMatrix x = floats(300, 70);
    x.set(20, 3, -0.0);
    x.set(21, 3, Double.NaN);
    for (int[] range : new int[][] {{11, 140, 1, 70}, {1, 300, 3, 4}, {300, 300, 70, 70}}) {
      Operand[] inputs = new Operand[5];
      inputs[0] = x;
      for (int i = 0; i < 4; i++) {
        inputs[i + 1] = Scalar.of(range[i]);
      }
      assertSameBits(
          run(2, narrow("rightIndex"), inputs), runWidened(narrow("rightIndex"), inputs));
    }
  }

  @Test
  void aBatchOfFloatsTakesMemoryForTheBatchAlone() {
    DenseMatrix x = floats(300, 70);
    CountingAllocator forBatch = new CountingAllocator(10 * 70 * Float.BYTES);
    Operand[] inputs = {x, Scalar.of(1), Scalar.of(10), Scalar.absent(), Scalar.absent()};
    device.execute(narrow("rightIndex"), inputs, new ExecutionContext(forBatch, 2));
    assertThat(forBatch.liveBuffers()).isEqualTo(1);
  }

  @Test
  void aRangeOutsideAMatrixOfFloatsIsAMistakeAndLeavesNothing() {
    DenseMatrix x = floats(4, 4);
    int before = allocator.liveBuffers();
    assertThatThrownBy(() ->
            run(
                1,
                narrow("rightIndex"),
                x,
                Scalar.of(2),
                Scalar.of(5),
                Scalar.absent(),
                Scalar.absent()))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("row index 2:5 is out of range");
    assertThat(allocator.liveBuffers()).isEqualTo(before);
  }

  @Test
  void aRowOfFloatsIsRepeatedOnEitherSideAsDoublesAre() {
    for (String opcode : List.of("+", "-", "*", "/", "^", ">", "pmax")) {
      for (int cols : new int[] {2, 3, 100, 1024, 1025, 1500, 40_000}) {
        DenseMatrix x = floats(cols > 2000 ? 3 : 70, cols);
        DenseMatrix row = floats(1, cols);
        assertSameBits(run(2, narrow(opcode), x, row), runWidened(narrow(opcode), x, row));
        assertSameBits(run(2, narrow(opcode), row, x), runWidened(narrow(opcode), row, x));
      }
    }
  }

  @Test
  void aWideRowThatIsRepeatedTakesNoJavaHeap() {
    DenseMatrix x = floats(2, 500_000);
    DenseMatrix row = floats(1, 500_000);
    run(1, narrow("+"), x, row);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    run(1, narrow("+"), x, row);
    // 20 KiB for the blocks of each of 31 chunks; the row as doubles would be 4 MB.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
  }

  @Test
  void columnsAndSingleCellsOfFloatsAreRepeatedToo() {
    DenseMatrix x = floats(40, 30);
    for (DenseMatrix other : List.of(floats(40, 1), floats(1, 1))) {
      assertSameBits(run(2, narrow("-"), x, other), runWidened(narrow("-"), x, other));
    }
  }
}
