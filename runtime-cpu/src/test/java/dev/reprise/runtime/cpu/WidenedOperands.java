package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Compares operations over floats with what they were if there were no kernels for floats: whole
 * operands as doubles, results rounded. Makes operands, too.
 */
public final class WidenedOperands {
  private final CpuDevice device;
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random;

  /**
   * @param seed of the cells
   */
  public WidenedOperands(CpuDevice device, long seed) {
    this.device = device;
    this.random = new Random(seed);
  }

  /** A matrix of ordinary numbers. */
  public DenseMatrix floats(long rows, long cols) {
    return floats(rows, cols, random::nextGaussian);
  }

  /** A matrix that also has infinities, zeros of either sign and cells that are no numbers. */
  public DenseMatrix anyFloats(long rows, long cols) {
    return floats(rows, cols, this::anyNumber);
  }

  /** A matrix of whole numbers from 1 on. */
  public DenseMatrix wholes(long rows, long cols, int most) {
    return floats(rows, cols, () -> 1 + random.nextInt(most));
  }

  /** A matrix of given cells, row by row. */
  public DenseMatrix floats(long rows, long cols, DoubleSupplier cells) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, Precision.FP32);
    for (long i = 0; i < matrix.cells(); i++) {
      matrix.set(0, i, cells.getAsDouble());
    }
    return matrix;
  }

  private double anyNumber() {
    return switch (random.nextInt(30)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> -0.0;
      case 4, 5 -> 0;
      default -> random.nextGaussian();
    };
  }

  /** The operation in fp32. */
  public static Operation narrow(String opcode) {
    return new Operation(OperationTable.standard().get(opcode), Attributes.none())
        .withPrecision(Precision.FP32);
  }

  /** Runs the operation over these operands. */
  public Operand[] run(int threads, String opcode, Operand... inputs) {
    return device.execute(narrow(opcode), inputs, new ExecutionContext(allocator, threads));
  }

  /** Runs the operation over these operands as doubles; what it gives is rounded. */
  public Operand[] runWidened(String opcode, Operand... inputs) {
    // Not all operands are floats, so no kernel for floats takes them.
    Operand[] wide = inputs.clone();
    for (int i = 0; i < wide.length; i++) {
      if (wide[i] instanceof DenseMatrix matrix) {
        wide[i] = matrix.converted(Precision.FP64, allocator);
      }
    }
    Operand[] outputs = run(1, opcode, wide);
    release(wide);
    return outputs;
  }

  /** Runs the operation in fp64. */
  public Operand[] runWide(String opcode, Operand... inputs) {
    Operation wide = new Operation(OperationTable.standard().get(opcode), Attributes.none());
    return device.execute(wide, inputs, new ExecutionContext(allocator, 1));
  }

  /** Fails when the operation, run by two threads, takes more memory than that. */
  public void runWithin(long bytes, String opcode, Operand... inputs) {
    CountingAllocator room = new CountingAllocator(bytes);
    release(device.execute(narrow(opcode), inputs, new ExecutionContext(room, 2)));
  }

  /** Fails unless every output has the bits of the same operation over widened operands. */
  public void assertSameBits(String opcode, Operand... inputs) {
    assertSameBits(true, opcode, inputs);
  }

  /**
   * As {@link #assertSameBits(String, Operand...)}, and fails as well when the operation takes more
   * memory than its outputs need as floats.
   */
  public void assertSameBitsWithoutCopies(String opcode, Operand... inputs) {
    assertSameBits(false, opcode, inputs);
  }

  private void assertSameBits(boolean mayCopy, String opcode, Operand[] inputs) {
    Operand[] wanted = runWidened(opcode, inputs);
    for (int threads : new int[] {1, 3}) {
      CountingAllocator room =
          mayCopy ? new CountingAllocator() : new CountingAllocator(bytes(wanted));
      Operand[] found = device.execute(narrow(opcode), inputs, new ExecutionContext(room, threads));
      assertThat(found).hasSameSizeAs(wanted);
      for (int i = 0; i < found.length; i++) {
        assertSame(opcode + " output " + i, found[i], wanted[i]);
      }
      release(found);
      assertThat(room.liveBuffers()).isZero();
    }
    release(wanted);
  }

  /**
   * Fails unless every output is that of the same operation over widened operands, but for so much
   * of its largest cell, and has the same bits with any number of threads.
   */
  public void assertClose(double tolerance, String opcode, Operand... inputs) {
    Operand[] wanted = runWidened(opcode, inputs);
    Operand[] found = run(1, opcode, inputs);
    Operand[] shared = run(3, opcode, inputs);
    assertThat(found).hasSameSizeAs(wanted);
    for (int i = 0; i < found.length; i++) {
      assertSame(opcode + " by three threads, output " + i, shared[i], found[i]);
      assertClose(
          tolerance, opcode + " output " + i, (DenseMatrix) found[i], (DenseMatrix) wanted[i]);
    }
    release(wanted);
    release(found);
    release(shared);
  }

  private static void assertClose(
      double tolerance, String what, DenseMatrix found, DenseMatrix wanted) {
    assertThat(found.precision()).as(what).isEqualTo(Precision.FP32);
    assertThat(found.shape()).as(what).isEqualTo(wanted.shape());
    double largest = 1;
    for (long i = 0; i < wanted.cells(); i++) {
      double cell = Math.abs(wanted.get(0, i));
      largest = Double.isFinite(cell) ? Math.max(largest, cell) : largest;
    }
    for (long i = 0; i < found.cells(); i++) {
      double a = found.get(0, i);
      double b = wanted.get(0, i);
      if (bits(a) != bits(b) && !(Math.abs(a - b) <= tolerance * largest)) {
        assertThat((Double) a).as("%s of shape %s, cell %d", what, found.shape(), i).isEqualTo(b);
      }
    }
  }

  private static long bytes(Operand[] outputs) {
    long bytes = 0;
    for (Operand output : outputs) {
      bytes += output instanceof DenseMatrix matrix ? matrix.bytes() : 0;
    }
    return bytes;
  }

  private static void release(Operand[] operands) {
    for (Operand operand : operands) {
      if (operand instanceof DenseMatrix matrix) {
        matrix.buffer().release();
      }
    }
  }

  private static void assertSame(String what, Operand found, Operand wanted) {
    if (wanted instanceof Scalar scalar) {
      assertThat(bits(((Scalar) found).asDouble())).as(what).isEqualTo(bits(scalar.asDouble()));
      return;
    }
    DenseMatrix a = (DenseMatrix) found;
    DenseMatrix b = (DenseMatrix) wanted;
    assertThat(a.precision()).as(what).isEqualTo(Precision.FP32);
    assertThat(a.shape()).as(what).isEqualTo(b.shape());
    for (long i = 0; i < a.cells(); i++) {
      if (bits(a.get(0, i)) != bits(b.get(0, i))) {
        assertThat((Double) a.get(0, i))
            .as("%s of shape %s, cell %d", what, a.shape(), i)
            .isEqualTo((Double) b.get(0, i));
      }
    }
  }

  private static long bits(double number) {
    return Double.doubleToLongBits(number);
  }
}
