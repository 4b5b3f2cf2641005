package dev.reprise.runtime.cpu.create;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.KernelCalls;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Tables beside a loop over the pairs, to the last bit. */
class TableTest {
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(5);

  @Test
  void cellsAreSumsOfTheWeightsInTheOrderOfThePairs() {
    for (int n : new int[] {1, 1023, 1025, 3000}) {
      for (int[] size : new int[][] {{3, 4}, {100, 90}, {300, 250}, {1, 700}}) {
        double[] rows = numbers(n, i -> 1 + random.nextInt(size[0]) + random.nextDouble());
        double[] cols = numbers(n, i -> 1 + random.nextInt(size[1]));
        double[] weights = numbers(n, i -> random.nextGaussian() * (i % 7 == 0 ? -0.0 : 1e3));
        double[] withNaN = numbers(n, i -> i % 11 == 5 ? Double.NaN : cols[i]);
        double[] counting = numbers(n, i -> i + 1);
        for (int threads : new int[] {1, 3}) {
          check(threads, rows, cols, weights, null);
          check(threads, rows, cols, null, null);
          check(threads, rows, withNaN, weights, null);
          check(threads, withNaN, rows, weights, null);
          check(threads, counting, cols, weights, null);
          check(threads, counting, withNaN, null, null);
          check(threads, cols, counting, null, null);
          check(threads, rows, cols, weights, new int[] {size[0] / 2 + 1, size[1] / 2 + 1});
          check(threads, rows, withNaN, weights, new int[] {size[0] + 3, size[1] + 70});
        }
      }
    }
  }

  @Test
  void aNumberBelowOneIsNamedWithItsPosition() {
    double[] rows = numbers(3000, i -> i == 2047 ? 0.5 : 1);
    assertThatThrownBy(() -> table(1, rows, rows, null, null))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("pair 2048 is 0.5, 0.5");
    assertThat(allocator.liveBuffers()).isZero();
  }

  private void check(int threads, double[] rows, double[] cols, double[] weights, int[] size) {
    double[][] wanted = wanted(rows, cols, weights, size);
    MatrixOperand found = table(threads, rows, cols, weights, size);
    assertThat(found.rows()).isEqualTo(wanted.length);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found.cols()).isEqualTo(wanted[i].length);
      for (int j = 0; j < wanted[i].length; j++) {
        // A zero that is not stored has no sign.
        double cell = wanted[i][j] == 0 && found instanceof SparseMatrix ? 0 : wanted[i][j];
        if (Double.doubleToLongBits(found.get(i, j)) != Double.doubleToLongBits(cell)) {
          throw new AssertionError(found.get(i, j) + " at " + i + ", " + j + ", not " + cell);
        }
      }
    }
    found.buffer().release();
    assertThat(allocator.liveBuffers()).isZero();
  }

  private static double[][] wanted(double[] rows, double[] cols, double[] weights, int[] size) {
    int height = size == null ? 0 : size[0];
    int width = size == null ? 0 : size[1];
    boolean isCounting = size == null;
    for (int i = 0; size == null && i < rows.length; i++) {
      isCounting &= rows[i] == i + 1;
      if (!Double.isNaN(rows[i]) && !Double.isNaN(cols[i])) {
        height = Math.max(height, (int) rows[i]);
        width = Math.max(width, (int) cols[i]);
      }
    }
    double[][] table = new double[isCounting ? rows.length : height][width];
    for (int i = 0; i < rows.length; i++) {
      boolean isPair = !Double.isNaN(rows[i]) && !Double.isNaN(cols[i]);
      if (isPair && rows[i] < table.length + 1.0 && cols[i] < width + 1.0) {
        table[(int) rows[i] - 1][(int) cols[i] - 1] += weights == null ? 1 : weights[i];
      }
    }
    return table;
  }

  private MatrixOperand table(
      int threads, double[] rows, double[] cols, double[] weights, int[] size) {
    Operand[] inputs = {
      column(rows),
      column(cols),
      weights == null ? Scalar.absent() : column(weights),
      size == null ? Scalar.absent() : Scalar.of((long) size[0]),
      size == null ? Scalar.absent() : Scalar.of((long) size[1])
    };
    KernelTable.Builder table = new KernelTable.Builder();
    try (Parallel parallel = new Parallel(threads)) {
      CreateKernels.register(table, parallel);
      return (MatrixOperand)
          table
              .build()
              .find("table")
              .run(
                  new Operation(OperationTable.standard().get("table")),
                  inputs,
                  new ExecutionContext(allocator, threads))[0];
    } finally {
      for (Operand input : inputs) {
        if (input instanceof DenseMatrix matrix) {
          matrix.buffer().release();
        }
      }
    }
  }

  private DenseMatrix column(double[] cells) {
    return Matrices.of(allocator, KernelCalls.column(cells));
  }

  private static double[] numbers(int n, IntToDoubleFunction number) {
    double[] numbers = new double[n];
    Arrays.setAll(numbers, number);
    return numbers;
  }
}
