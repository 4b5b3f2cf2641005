package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.testkit.CountingAllocator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnedMatrixTest {
  private static final int CALL = (int) TurnedMatrix.CALL_ROWS;

  /** As many rows as a call takes, somewhat more, and several calls with few rows behind. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        1,
        3,
        4,
        5,
        100,
        CALL - 1,
        CALL,
        CALL + 1,
        CALL + 3,
        CALL + 4,
        CALL + 5,
        2 * CALL,
        2 * CALL + 1,
        2 * CALL + 2,
        2 * CALL + 3,
        2 * CALL + 4,
        2 * CALL + 7,
        3 * CALL + 1
      })
  void eachCellIsWhereItBelongs(int rows) {
    CountingAllocator allocator = new CountingAllocator();
    try (Parallel parallel = new Parallel(2)) {
      ExecutionContext context = new ExecutionContext(allocator, 2);
      DenseMatrix x = DenseMatrix.allocate(allocator, rows, 19);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < 19; j++) {
          x.set(i, j, 19 * i + j);
        }
      }
      for (int cols : new int[] {1, 8, 18, 19}) {
        DenseMatrix turned = TurnedMatrix.of(x, cols, parallel, context);
        assertThat(turned.rows()).isEqualTo(cols);
        assertThat(turned.cols()).isEqualTo(rows);
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < cols; j++) {
            if (turned.get(j, i) != 19 * i + j) {
              assertThat(turned.get(j, i)).as("cell %s %s", j, i).isEqualTo(19 * i + j);
            }
          }
        }
        turned.buffer().release();
      }
      x.buffer().release();
    }
    assertThat(allocator.liveBuffers()).isZero();
  }
}
