package dev.reprise.runtime.cpu.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.testkit.CountingAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One cell that is not finite is found wherever it is, and sums that overflow mislead nobody. */
class FiniteCellsTest {
  private static final int[] LENGTHS = {1, 7, 8, 1023, 1024, 1025, 65_536, 65_537, 200_003};

  private final Parallel parallel = new Parallel(3);
  private final CountingAllocator allocator = new CountingAllocator();
  private final ExecutionContext context = new ExecutionContext(allocator, 3);
  private final FiniteCells finite = new FiniteCells(parallel);

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  @Test
  void cellsOfDenseMatrices() {
    for (int length : LENGTHS) {
      DenseMatrix matrix = DenseMatrix.allocate(allocator, 1, length);
      for (double all : new double[] {-0.0, 1, -Double.MAX_VALUE}) {
        for (int j = 0; j < length; j++) {
          matrix.set(0, j, all);
        }
        assertThat(finite.only(matrix, context)).isTrue();
        for (int place : new int[] {0, length / 3, length - 1}) {
          for (double wild :
              new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            matrix.set(0, place, wild);
            assertThat(finite.only(matrix, context)).as("%s at %d", wild, place).isFalse();
          }
          matrix.set(0, place, all);
        }
      }
      matrix.buffer().release();
    }
  }

  @Test
  void storedCellsOfCompressedMatrices() {
    for (int length : LENGTHS) {
      SparseMatrix matrix = SparseMatrix.allocate(allocator, 1, 3L * length, length);
      matrix.setStart(0, 0);
      matrix.setStart(1, length);
      for (int j = 0; j < length; j++) {
        matrix.set(j, 3 * j, j % 2 == 0 ? Double.MAX_VALUE : 1);
      }
      assertThat(finite.only(matrix, context)).isTrue();
      matrix.set(length - 1, 3 * length - 3, Double.NaN);
      assertThat(finite.only(matrix, context)).isFalse();
      matrix.buffer().release();
    }
  }

  @Test
  void thereIsNothingInAMatrixWithoutCells() {
    DenseMatrix none = DenseMatrix.allocate(allocator, 0, 3);
    assertThat(finite.only(none, context)).isTrue();
    none.buffer().release();
  }
}
