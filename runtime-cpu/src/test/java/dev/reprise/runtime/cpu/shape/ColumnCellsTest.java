package dev.reprise.runtime.cpu.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ColumnCellsTest {

  @Test
  void aColumnLongerThanAnArrayIsAnErrorAndNotItsFirstCells() {
    CountingAllocator memory = new CountingAllocator();
    try (Parallel parallel = new Parallel(1)) {
      for (long rows : new long[] {(1L << 31) - 8, (1L << 32) + 5}) {
        DenseMatrix column = new DenseMatrix(rows, 1, Precision.FP64, new Unread());
        assertThatThrownBy(
                () -> ColumnCells.of(column, 0, parallel, new ExecutionContext(memory, 1)))
            .isInstanceOf(OperandException.class)
            .hasMessageContaining("2^31 - 9")
            .hasMessageContaining(Long.toString(rows));
      }
    }
    assertThat(memory.liveBuffers()).isZero();
  }

  /** Memory of no cells, whatever the matrix says that it has. */
  private record Unread() implements Buffer {
    @Override
    public MemorySegment segment() {
      return MemorySegment.NULL;
    }

    @Override
    public void release() {}
  }
}
