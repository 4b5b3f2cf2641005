package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whichever of its allocations fails, an operation leaves no memory behind. */
class FailedAllocationsTest {
  private static final int SIDE = 96;

  /** Operations that take one operand, the rest by default. */
  private static final List<String> OF_ONE =
      List.of(
          "svd",
          "qr",
          "lu",
          "inv",
          "det",
          "t",
          "rev",
          "abs",
          "exp",
          "rowSums",
          "colMaxs",
          "sum",
          "cumsum",
          "diag",
          "unique",
          "fft",
          "ifft",
          "fft_linearized",
          "order",
          "cholesky",
          "eigen",
          "tsmm",
          "toString",
          "as.matrix",
          "as.frame",
          "removeEmpty",
          "lower.tri",
          "median",
          "cumsumprod",
          "countDistinct",
          "rowIndexMax",
          "is.nan");

  /** Likewise two. */
  private static final List<String> OF_TWO =
      List.of(
          "+",
          "*",
          "matmul",
          "solve",
          "cbind",
          "rbind",
          "==",
          "max",
          "outer",
          "table",
          "cov",
          "bias_add",
          "bias_multiply",
          "fft",
          "^",
          "roll",
          "log",
          "contains",
          "rexpand");

  /** Likewise three, the last two of them numbers. */
  private static final List<String> OF_NUMBERS =
      List.of("ifelse", "replace", "rexpand", "table", "outer");

  @TempDir Path natives;
  private final CountingAllocator allocator = new CountingAllocator();

  /** Refuses one allocation: the one after so many others. */
  private final class Refusing implements Allocator {
    private int left;

    Refusing(int granted) {
      left = granted;
    }

    @Override
    public Buffer allocate(long bytes) {
      if (left-- == 0) {
        throw new ResourceException("refused");
      }
      return allocator.allocate(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP64", "FP32"})
  void nothingIsLeftBehind(Precision precision) {
    String platform =
        NativeLocation.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    try (CpuDevice device = new CpuDevice(1, new NativeLocation(natives, platform))) {
      Checks checks = new Checks(device, precision);
      checks.ofOne();
      checks.ofTwo();
      checks.ofNumbers();
      checks.ofLayers();
      assertThat(checks.leaks).isEmpty();
    }
  }

  /** Operations with operands of different shapes and forms. */
  private final class Checks {
    private final CpuDevice device;
    private final Precision precision;
    private final DenseMatrix full;
    private final DenseMatrix column;
    private final DenseMatrix row;
    private final SparseMatrix few = few();
    private final Scalar two = Scalar.of(2.0);
    private final List<String> leaks = new ArrayList<>();

    Checks(CpuDevice device, Precision precision) {
      this.device = device;
      this.precision = precision;
      this.full = full(SIDE, SIDE, precision);
      this.column = full(SIDE, 1, precision);
      this.row = full(1, SIDE, precision);
    }

    private void check(String opcode, Operand... given) {
      FailedAllocationsTest.this.check(device, precision, leaks, opcode, given);
    }

    void ofOne() {
      for (String opcode : OF_ONE) {
        check(opcode, full);
        check(opcode, few);
        check(opcode, column);
      }
    }

    void ofTwo() {
      for (String opcode : OF_TWO) {
        check(opcode, full, full);
        check(opcode, few, full);
        check(opcode, full, few);
        check(opcode, few, few);
        check(opcode, column, column);
        check(opcode, few, two);
        check(opcode, column, row);
        check(opcode, full, column);
        check(opcode, full, two);
      }
    }

    void ofNumbers() {
      for (String opcode : OF_NUMBERS) {
        check(opcode, full, two, two);
        check(opcode, few, two, two);
      }
    }

    void ofLayers() {
      Scalar test = Scalar.of("test");
      Scalar train = Scalar.of("train");
      check("batch_norm2d", full, column, column, column, column, test, two, two);
      check("batch_norm2d", few, column, column, column, column, train, two, two);
      check("batch_norm2d_backward", full, full, column, two, column, column);
      DenseMatrix weights = full(2 * SIDE, 4 * SIDE, precision);
      DenseMatrix biases = full(1, 4 * SIDE, precision);
      check("lstm", full, weights, biases, full, full, Scalar.of(true));
    }
  }

  private void check(
      CpuDevice device, Precision precision, List<String> leaks, String opcode, Operand... given) {
    Opcode row = OperationTable.standard().get(opcode);
    List<Operand> inputs = new ArrayList<>(List.of(given));
    for (int i = inputs.size(); i < row.parameters().size(); i++) {
      inputs.add(row.parameters().get(i).defaultValue());
    }
    Attributes attributes = Attributes.none();
    if (precision == Precision.FP32) {
      attributes = attributes.with("precision", "fp32");
    }
    Operation operation = new Operation(row, attributes);
    int before = allocator.liveBuffers();
    boolean refused = true;
    for (int granted = 0; refused; granted++) {
      refused = false;
      try {
        Operand[] outputs =
            device.execute(
                operation,
                inputs.toArray(Operand[]::new),
                new ExecutionContext(new Refusing(granted), 1));
        for (Operand output : outputs) {
          if (output instanceof MatrixOperand matrix) {
            matrix.buffer().release();
          }
        }
      } catch (ResourceException e) {
        refused = true;
      } catch (OperandException e) {
        // Not all combinations of operands fit; those must leave nothing behind either.
      }
      if (allocator.liveBuffers() != before) {
        leaks.add(
            operation
                + " of "
                + Stream.of(given).map(x -> x.getClass().getSimpleName()).toList()
                + " after "
                + granted
                + " allocations");
        before = allocator.liveBuffers();
      }
    }
  }

  private DenseMatrix full(long rows, long cols, Precision precision) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, i == j ? cols : 1 + (i * 7 + j * 3) % 5);
      }
    }
    return matrix;
  }

  private SparseMatrix few() {
    SparseRows rows = new SparseRows(SIDE);
    for (int i = 0; i < SIDE; i++) {
      rows.add(i, i + 1.0);
      rows.endRow();
    }
    return SparseRows.assemble(List.of(rows), SIDE, allocator);
  }
}
