package dev.reprise.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work follows the non-zeros where there are few, and the cells where all are stored. */
class CompressedWorkTest {
  private static final Operation PRODUCT =
      new Operation(OperationTable.standard().get("matmul"), Attributes.none());

  private final CountingAllocator memory = new CountingAllocator();

  @AfterEach
  void nothingIsLeft() {
    assertThat(memory.liveBuffers()).isZero();
  }

  private double work(ManagedMatrix left, ManagedMatrix right) {
    double work = CompressedWork.nanos(PRODUCT, new Value[] {left, right});
    left.release();
    right.release();
    return work;
  }

  private ManagedMatrix dense(long rows, long cols) {
    return ManagedMatrix.adopt(DenseMatrix.allocate(memory, rows, cols));
  }

  private ManagedMatrix compressed(long rows, long cols, long nonZeros) {
    return ManagedMatrix.adopt(SparseMatrix.allocate(memory, rows, cols, nonZeros));
  }

  @Test
  void denseOperandsCostWhatTheTableSays() {
    ManagedMatrix a = dense(300, 200);
    ManagedMatrix b = dense(200, 50);
    double nominal = PRODUCT.opcode().work().nanos(PRODUCT, new Value[] {a, b});
    assertThat(work(a, b)).isEqualTo(nominal);
  }

  @Test
  void fewNonZerosCostLittleAndManyNeverMoreThanAllCells() {
    double all = work(dense(3000, 2000), dense(2000, 50));
    double few = work(compressed(3000, 2000, 3000), dense(2000, 50));
    double twice = work(compressed(3000, 2000, 6000), dense(2000, 50));
    assertThat(few).isLessThan(all / 50);
    assertThat(twice).isGreaterThan(few).isLessThan(2 * few);
    assertThat(work(compressed(3000, 2000, 6_000_000), dense(2000, 50))).isEqualTo(all);
    assertThat(work(compressed(3000, 2000, 0), dense(2000, 50))).isPositive();
  }
}
