package dev.reprise.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What every device promises, one subclass per family of operations; a device's tests inherit from
 * those. Memory is counted: after each test nothing but the test's own operands may be left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DeviceContract {
  /** Results must have the same bits with each of these. */
  protected static final int[] THREADS = {1, 2, 3, 8};

  protected final CountingAllocator memory = new CountingAllocator();
  private final List<MatrixOperand> held = new ArrayList<>();

  /** The device under test, able to use 8 threads; the subclass opens and closes it. */
  protected abstract Device device();

  @AfterEach
  void nothingStaysAllocated() {
    held.forEach(matrix -> matrix.buffer().release());
    held.clear();
    assertThat(memory.liveBuffers()).isZero();
  }

  protected static SplittableRandom random(long seed) {
    return new SplittableRandom(seed);
  }

  /** A matrix that lives until the end of the test. */
  protected DenseMatrix matrix(double[]... rows) {
    return hold(Matrices.of(memory, rows));
  }

  protected DenseMatrix randomMatrix(SplittableRandom random, long rows, long cols) {
    return hold(Matrices.random(memory, random, rows, cols));
  }

  protected DenseMatrix emptyMatrix(long rows, long cols) {
    return hold(DenseMatrix.allocate(memory, rows, cols));
  }

  /** Gives a matrix back at the end of the test. */
  protected <M extends MatrixOperand> M hold(M matrix) {
    held.add(matrix);
    return matrix;
  }

  /** The same cells compressed, without zeros; lives until the end of the test. */
  protected SparseMatrix compressed(DenseMatrix cells) {
    long nonZeros = 0;
    for (long at = 0; at < cells.cells(); at++) {
      nonZeros += cells.get(at / cells.cols(), at % cells.cols()) != 0 ? 1 : 0;
    }
    SparseMatrix matrix = hold(SparseMatrix.allocate(memory, cells.rows(), cells.cols(), nonZeros));
    long next = 0;
    for (long i = 0; i < cells.rows(); i++) {
      matrix.setStart(i, next);
      for (int j = 0; j < cells.cols(); j++) {
        if (cells.get(i, j) != 0) {
          matrix.set(next++, j, cells.get(i, j));
        }
      }
    }
    matrix.setStart(cells.rows(), next);
    return matrix;
  }

  /** Runs an operation with left-out trailing operands as their defaults. */
  protected Operand[] runAll(String opcode, Attributes attributes, Operand... inputs) {
    return runWith(8, opcode, attributes, inputs);
  }

  protected Operand[] runWith(
      int threads, String opcode, Attributes attributes, Operand... inputs) {
    Operation operation = new Operation(OperationTable.standard().get(opcode), attributes);
    List<Operand> all = new ArrayList<>(List.of(inputs));
    for (int i = inputs.length; i < operation.opcode().parameters().size(); i++) {
      all.add(operation.opcode().parameters().get(i).defaultValue());
    }
    Operand[] outputs =
        device()
            .execute(operation, all.toArray(Operand[]::new), new ExecutionContext(memory, threads));
    for (Operand output : outputs) {
      if (output instanceof DenseMatrix matrix) {
        hold(matrix);
      }
    }
    return outputs;
  }

  /** Runs an operation with one matrix as result. */
  protected DenseMatrix run(String opcode, Operand... inputs) {
    return run(opcode, Attributes.none(), inputs);
  }

  protected DenseMatrix run(String opcode, Attributes attributes, Operand... inputs) {
    return (DenseMatrix) runAll(opcode, attributes, inputs)[0];
  }

  /** Runs an operation with one scalar as result. */
  protected Scalar runScalar(String opcode, Operand... inputs) {
    return (Scalar) runAll(opcode, Attributes.none(), inputs)[0];
  }

  /** Asserts that the number of threads changes no bit of any output. */
  protected void assertSameBitsWithAnyThreads(
      String opcode, Attributes attributes, Operand... inputs) {
    Operand[] expected = runWith(THREADS[0], opcode, attributes, inputs);
    for (int threads : THREADS) {
      Operand[] actual = runWith(threads, opcode, attributes, inputs);
      for (int i = 0; i < expected.length; i++) {
        if (expected[i] instanceof DenseMatrix first && actual[i] instanceof DenseMatrix second) {
          assertThat(firstDifference(first, second))
              .as("%s%s, output %d, %d threads", opcode, attributes, i, threads)
              .isEqualTo(-1);
        } else {
          assertThat(actual[i]).isEqualTo(expected[i]);
        }
      }
    }
  }

  private static long firstDifference(DenseMatrix first, DenseMatrix second) {
    assertThat(second.shape()).isEqualTo(first.shape());
    for (long i = 0; i < first.cells(); i++) {
      if (first.segment().getAtIndex(ValueLayout.JAVA_LONG, i)
          != second.segment().getAtIndex(ValueLayout.JAVA_LONG, i)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Asserts shape and cells; NaN equals NaN, others within {@code tolerance * max(1, |expected|)}.
   */
  protected static void assertClose(DenseMatrix actual, double[][] expected, double tolerance) {
    assertThat(actual.rows()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual.cols()).isEqualTo(expected[i].length);
      for (int j = 0; j < expected[i].length; j++) {
        double found = actual.get(i, j);
        double wanted = expected[i][j];
        boolean close =
            Double.compare(found, wanted) == 0
                || found == wanted
                || Double.isFinite(wanted)
                    && Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
        assertThat(close).as("cell (%d,%d): %s, expected %s", i, j, found, wanted).isTrue();
      }
    }
  }
}
