package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.testkit.CountingAllocator;
import org.junit.jupiter.api.Test;

/** Squares of every size about the blocks. */
class LayoutTest {
  private final CountingAllocator allocator = new CountingAllocator();
  private final ExecutionContext context = new ExecutionContext(allocator, 3);

  @Test
  void cellsAboveTheDiagonalAreMirrored() {
    try (Parallel parallel = new Parallel(3)) {
      for (int n : new int[] {1, 2, 31, 32, 33, 34, 63, 64, 65, 95, 96, 97, 100, 129, 300, 1031}) {
        DenseMatrix c = DenseMatrix.allocate(allocator, n, n);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            c.set(i, j, i <= j ? i * n + j : -1);
          }
        }
        Layout.mirrorUpper(c, parallel, context);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            double expected = Math.min(i, j) * n + Math.max(i, j);
            if (c.get(i, j) != expected) {
              assertThat(c.get(i, j)).as("cell %s, %s of %s", i, j, n).isEqualTo(expected);
            }
          }
        }
        c.buffer().release();
      }
    }
    assertThat(allocator.liveBuffers()).isZero();
  }

  @Test
  void rowsBecomeColumnsOnOneThread() {
    for (int[] shape : new int[][] {{0, 3}, {1, 1}, {3, 5}, {70, 67}, {300, 7}, {5, 9000}}) {
      int rows = shape[0];
      int cols = shape[1];
      DenseMatrix x = DenseMatrix.allocate(allocator, rows, cols);
      DenseMatrix turned = DenseMatrix.allocate(allocator, cols, rows);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          x.set(i, j, i * cols + j);
        }
      }
      Layout.transpose(x.segment(), rows, cols, turned.segment());
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          assertThat(turned.get(j, i)).isEqualTo(i * cols + j);
        }
      }
      x.buffer().release();
      turned.buffer().release();
    }
  }
}
