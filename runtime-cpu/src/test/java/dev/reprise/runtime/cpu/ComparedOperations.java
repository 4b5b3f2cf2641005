package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Calls of operations, and comparisons of compressed operands with their dense copies. */
abstract class ComparedOperations {
  @TempDir Path natives;
  final CountingAllocator allocator = new CountingAllocator();
  private final List<CpuDevice> devices = new ArrayList<>();
  final Random random = new Random(20261126);

  @AfterEach
  void closeDevices() {
    devices.forEach(CpuDevice::close);
  }

  final CpuDevice device(int threads) {
    String platform =
        NativeLocation.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    CpuDevice device = new CpuDevice(threads, new NativeLocation(natives, platform));
    devices.add(device);
    return device;
  }

  final SparseMatrix sparse(long rows, long cols, double density) {
    SparseRows part = new SparseRows((int) rows);
    for (long i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        part.add(j, random.nextDouble() < density ? random.nextInt(-3, 4) / 2.0 : 0);
      }
      part.endRow();
    }
    return SparseRows.assemble(List.of(part), cols, allocator);
  }

  final DenseMatrix dense(long rows, long cols) {
    return Matrices.random(allocator, random, rows, cols);
  }

  static Operation operation(String opcode, String... set) {
    Attributes attributes = Attributes.none();
    for (String name : set) {
      attributes = attributes.with(name, "true");
    }
    return new Operation(OperationTable.standard().get(opcode), attributes);
  }

  final Operand run(CpuDevice device, int threads, Operation operation, Operand... operands) {
    Opcode row = operation.opcode();
    List<Operand> inputs = new ArrayList<>(List.of(operands));
    for (int i = inputs.size(); i < row.parameters().size(); i++) {
      inputs.add(row.parameters().get(i).defaultValue());
    }
    return device
        .execute(
            operation, inputs.toArray(Operand[]::new), new ExecutionContext(allocator, threads))[0];
  }

  final void check(Operation operation, Operand... operands) {
    Operand[] denseOperands = operands.clone();
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] instanceof SparseMatrix matrix) {
        denseOperands[i] = matrix.copyDense(allocator);
      }
    }
    Operand wanted = run(device(1), 1, operation, denseOperands);
    Operand alone = run(device(1), 1, operation, operands);
    Operand together = run(device(3), 3, operation, operands);
    assertSame(operation, alone, wanted, 1e-12);
    assertSame(operation, together, alone, 0);
    if (alone instanceof SparseMatrix matrix) {
      assertCanonical(matrix);
    }
  }

  static void assertSame(Operation op, Operand found, Operand wanted, double tolerance) {
    if (wanted instanceof Scalar scalar) {
      assertClose(op, ((Scalar) found).asDouble(), scalar.asDouble(), tolerance);
      return;
    }
    MatrixOperand a = (MatrixOperand) found;
    MatrixOperand b = (MatrixOperand) wanted;
    assertThat(a.shape()).as(op.toString()).isEqualTo(b.shape());
    for (long i = 0; i < a.rows(); i++) {
      for (long j = 0; j < a.cols(); j++) {
        assertClose(op, a.get(i, j), b.get(i, j), tolerance);
      }
    }
  }

  static void assertClose(Operation op, double found, double wanted, double tolerance) {
    boolean same =
        Double.isNaN(wanted)
            ? Double.isNaN(found)
            : found == wanted
                || Double.isFinite(wanted)
                    && Math.abs(found - wanted) <= tolerance * (1 + Math.abs(wanted));
    assertThat(same).as(op + ": " + found + " instead of " + wanted).isTrue();
  }

  /** No stored zero, ascending columns, as many values as the starts say. */
  static void assertCanonical(SparseMatrix matrix) {
    assertThat(matrix.start(0)).isZero();
    assertThat(matrix.start(matrix.rows())).isEqualTo(matrix.nonZeros());
    for (long i = 0; i < matrix.rows(); i++) {
      for (long at = matrix.start(i); at < matrix.start(i + 1); at++) {
        assertThat(matrix.value(at)).isNotEqualTo(0.0);
        if (at > matrix.start(i)) {
          assertThat(matrix.column(at)).isGreaterThan(matrix.column(at - 1));
        }
      }
    }
  }
}
