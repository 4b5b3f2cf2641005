package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.HostedAccelerator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Runs operations on an accelerator and on the processor and compares what comes out. */
public final class Comparison implements AutoCloseable {
  private final Accelerator accelerator;
  private final CpuDevice processor =
      new CpuDevice(2, new NativeLocation(Path.of("target", "natives"), "linux-none"));
  private final HostedAccelerator hosted;
  private final CountingAllocator memory = new CountingAllocator();
  private final List<MatrixOperand> held = new ArrayList<>();

  public Comparison(Accelerator accelerator) {
    this.accelerator = accelerator;
    this.hosted = new HostedAccelerator(accelerator, processor);
  }

  /** Normal numbers; with {@code wild} a cell in ten is NaN, infinite or a zero of either sign. */
  public DenseMatrix matrix(
      SplittableRandom random, long rows, long cols, Precision precision, boolean wild) {
    double[] special = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0};
    DenseMatrix matrix = hold(DenseMatrix.allocate(memory, rows, cols, precision));
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        boolean rare = wild && random.nextInt(10) == 0;
        matrix.set(i, j, rare ? special[random.nextInt(special.length)] : random.nextGaussian());
      }
    }
    return matrix;
  }

  /** A matrix with the cells that a function of row and column gives, both from 0. */
  public DenseMatrix matrix(long rows, long cols, Precision precision, Cells cells) {
    DenseMatrix matrix = hold(DenseMatrix.allocate(memory, rows, cols, precision));
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cells.at(i, j));
      }
    }
    return matrix;
  }

  /** A number for each cell. */
  @FunctionalInterface
  public interface Cells {
    double at(long row, long col);
  }

  private <M extends MatrixOperand> M hold(M matrix) {
    held.add(matrix);
    return matrix;
  }

  /** A compressed matrix that stores, of a dense one, the cells that a test chooses. */
  public SparseMatrix compressed(DenseMatrix cells, Predicate<double[]> isStored) {
    SparseMatrix matrix =
        SparseMatrix.allocate(memory, cells.rows(), cells.cols(), count(cells, isStored));
    long at = 0;
    for (long i = 0; i < cells.rows(); i++) {
      matrix.setStart(i, at);
      for (int j = 0; j < cells.cols(); j++) {
        if (isStored.test(new double[] {i, j, cells.get(i, j)})) {
          matrix.set(at++, j, cells.get(i, j));
        }
      }
    }
    matrix.setStart(cells.rows(), at);
    return hold(
        new SparseMatrix(matrix.rows(), matrix.cols(), cells.precision(), at, matrix.buffer()));
  }

  private static long count(DenseMatrix cells, Predicate<double[]> isStored) {
    long count = 0;
    for (long i = 0; i < cells.rows(); i++) {
      for (int j = 0; j < cells.cols(); j++) {
        count += isStored.test(new double[] {i, j, cells.get(i, j)}) ? 1 : 0;
      }
    }
    return count;
  }

  /** Asserts that the accelerator runs the operation itself and that no bit differs. */
  public void assertEqual(
      String opcode, Attributes attributes, Precision precision, Operand... inputs) {
    assertWithin(0, opcode, attributes, precision, inputs);
  }

  /**
   * Asserts that the accelerator runs the operation itself and that the difference's norm is at
   * most the tolerance times the norm of the processor's result; with 0, that no bit differs.
   */
  public void assertWithin(
      double tolerance,
      String opcode,
      Attributes attributes,
      Precision precision,
      Operand... inputs) {
    Operation operation = operation(opcode, attributes, precision);
    List<Operand> all = completed(operation, inputs);
    String name = operation + " of " + all;
    hosted.launched().clear();
    List<DenseMatrix> found = run(hosted, operation, all);
    assertThat(hosted.launched()).as(name).contains(opcode);
    List<DenseMatrix> wanted = run(processor, operation, all);
    assertThat(found).hasSameSizeAs(wanted);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).shape()).as(name).isEqualTo(wanted.get(i).shape());
      assertThat(found.get(i).precision()).as(name).isEqualTo(precision);
      if (tolerance == 0) {
        assertThat(firstDifference(found.get(i), wanted.get(i))).as(name).isNull();
      } else {
        assertThat(distance(found.get(i), wanted.get(i))).as(name).isLessThanOrEqualTo(tolerance);
      }
    }
    releaseResults();
  }

  /**
   * As {@link #assertWithin}, and that the result is compressed there as well, with as many values.
   */
  public void assertCompressed(
      double tolerance, String opcode, Precision precision, Operand... inputs) {
    double allowed = precision == Precision.FP64 ? tolerance : Math.min(1, tolerance * 1e7);
    assertWithin(allowed, opcode, Attributes.none(), precision, inputs);
    Operation operation = operation(opcode, Attributes.none(), precision);
    Operand[] all = completed(operation, inputs).toArray(Operand[]::new);
    ExecutionContext context = new ExecutionContext(memory, 2);
    Operand found = hosted.execute(operation, all, context)[0];
    Operand wanted = processor.execute(operation, all, context)[0];
    try {
      assertThat(found).as(operation.toString()).isInstanceOf(SparseMatrix.class);
      if (wanted instanceof SparseMatrix expected) {
        assertThat(((SparseMatrix) found).nonZeros()).isEqualTo(expected.nonZeros());
      }
    } finally {
      ((MatrixOperand) found).buffer().release();
      ((MatrixOperand) wanted).buffer().release();
    }
  }

  /** Asserts that the accelerator gives the same bits twice. */
  public void assertRepeatable(
      String opcode, Attributes attributes, Precision precision, Operand... inputs) {
    Operation operation = operation(opcode, attributes, precision);
    List<Operand> all = completed(operation, inputs);
    List<DenseMatrix> first = run(hosted, operation, all);
    List<DenseMatrix> second = run(hosted, operation, all);
    for (int i = 0; i < first.size(); i++) {
      assertThat(firstDifference(first.get(i), second.get(i)))
          .as(operation + " of " + all)
          .isNull();
    }
    releaseResults();
  }

  private static Operation operation(String opcode, Attributes attributes, Precision precision) {
    return new Operation(OperationTable.standard().get(opcode), attributes)
        .withPrecision(precision);
  }

  /** The operands with left-out trailing ones as their defaults. */
  private static List<Operand> completed(Operation operation, Operand... inputs) {
    List<Operand> all = new ArrayList<>(List.of(inputs));
    for (int i = inputs.length; i < operation.opcode().parameters().size(); i++) {
      all.add(operation.opcode().parameters().get(i).defaultValue());
    }
    return all;
  }

  private final List<DenseMatrix> results = new ArrayList<>();

  private List<DenseMatrix> run(Device device, Operation operation, List<Operand> inputs) {
    Operand[] outputs =
        device.execute(operation, inputs.toArray(Operand[]::new), new ExecutionContext(memory, 2));
    List<DenseMatrix> matrices = new ArrayList<>();
    for (Operand output : outputs) {
      DenseMatrix dense =
          switch (output) {
            case DenseMatrix matrix -> matrix;
            case SparseMatrix sparse -> dense(sparse, operation.precision());
            case Scalar scalar -> single(scalar, operation.precision());
            default -> throw new AssertionError("neither matrix nor scalar: " + output);
          };
      results.add(dense);
      matrices.add(dense);
    }
    return matrices;
  }

  private DenseMatrix single(Scalar scalar, Precision precision) {
    DenseMatrix matrix = DenseMatrix.allocate(memory, 1, 1, precision);
    matrix.set(0, 0, scalar.asDouble());
    return matrix;
  }

  private DenseMatrix dense(SparseMatrix sparse, Precision precision) {
    DenseMatrix dense = DenseMatrix.allocate(memory, sparse.rows(), sparse.cols(), precision);
    for (long i = 0; i < dense.rows(); i++) {
      for (long j = 0; j < dense.cols(); j++) {
        dense.set(i, j, sparse.get(i, j));
      }
    }
    sparse.buffer().release();
    return dense;
  }

  private static String firstDifference(DenseMatrix found, DenseMatrix wanted) {
    for (long i = 0; i < found.rows(); i++) {
      for (long j = 0; j < found.cols(); j++) {
        double a = found.get(i, j);
        double b = wanted.get(i, j);
        if (Double.compare(a, b) != 0) {
          return "cell (" + i + "," + j + ") is " + a + ", not " + b;
        }
      }
    }
    return null;
  }

  /** Infinite when not the same cells are finite. */
  private static double distance(DenseMatrix found, DenseMatrix wanted) {
    double distance = 0;
    double norm = Double.MIN_NORMAL;
    for (long i = 0; i < found.rows(); i++) {
      for (long j = 0; j < found.cols(); j++) {
        double a = found.get(i, j);
        double b = wanted.get(i, j);
        if (Double.isFinite(b)) {
          distance += (a - b) * (a - b);
          norm += b * b;
        } else if (Double.compare(a, b) != 0) {
          return Double.POSITIVE_INFINITY;
        }
      }
    }
    return Math.sqrt(distance) / Math.sqrt(norm);
  }

  private void releaseResults() {
    results.forEach(matrix -> matrix.buffer().release());
    results.clear();
  }

  /** Releases what {@link #matrix} made; after every test. */
  public void releaseOperands() {
    releaseResults();
    held.forEach(matrix -> matrix.buffer().release());
    held.clear();
  }

  @Override
  public void close() {
    try {
      releaseOperands();
      assertThat(memory.liveBuffers()).isZero();
      assertThat(accelerator.liveBuffers()).isZero();
    } finally {
      accelerator.close();
      processor.close();
    }
  }
}
