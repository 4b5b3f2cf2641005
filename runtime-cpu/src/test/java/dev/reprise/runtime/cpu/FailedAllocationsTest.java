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
      DenseMatrix full = full(SIDE, SIDE, precision);
      SparseMatrix few = few();
      DenseMatrix column = full(SIDE, 1, precision);
      DenseMatrix row = full(1, SIDE, precision);
      Scalar two = Scalar.of(2.0);
      Scalar test = Scalar.of("test");
      List<String> leaks = new ArrayList<>();
      for (String opcode :
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
              "is.nan")) {
        check(device, precision, leaks, opcode, full);
        check(device, precision, leaks, opcode, few);
        check(device, precision, leaks, opcode, column);
      }
      for (String opcode :
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
              "rexpand")) {
        check(device, precision, leaks, opcode, full, full);
        check(device, precision, leaks, opcode, few, full);
        check(device, precision, leaks, opcode, full, few);
        check(device, precision, leaks, opcode, few, few);
        check(device, precision, leaks, opcode, column, column);
        check(device, precision, leaks, opcode, few, two);
        check(device, precision, leaks, opcode, column, row);
        check(device, precision, leaks, opcode, full, column);
        check(device, precision, leaks, opcode, full, two);
      }
      for (String opcode : List.of("ifelse", "replace", "rexpand", "table", "outer")) {
        check(device, precision, leaks, opcode, full, two, two);
        check(device, precision, leaks, opcode, few, two, two);
      }
      check(
          device,
          precision,
          leaks,
          "batch_norm2d",
          full,
          column,
          column,
          column,
          column,
          test,
          two,
          two);
      check(
          device,
          precision,
          leaks,
          "batch_norm2d",
          few,
          column,
          column,
          column,
          column,
          Scalar.of("train"),
          two,
          two);
      check(
          device,
          precision,
          leaks,
          "batch_norm2d_backward",
          full,
          full,
          column,
          two,
          column,
          column);
      check(
          device,
          precision,
          leaks,
          "lstm",
          full,
          full(2 * SIDE, 4 * SIDE, precision),
          full(1, 4 * SIDE, precision),
          full,
          full,
          Scalar.of(true));
      assertThat(leaks).isEmpty();
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
