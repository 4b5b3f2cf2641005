package dev.reprise.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.memory.DiskTier;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.MoveEvents;
import dev.reprise.memory.SpillFile;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Either all operands are pinned or none, and none any more at the end. */
class PinnedOperandsTest {
  private static final Operation PLUS = new Operation(OperationTable.standard().get("+"));
  private static final long BUDGET = 4 << 20;

  /** Three quarters of the budget. */
  private static final long ROWS = BUDGET * 3 / 4 / 8;

  private static ManagedMatrix matrix(HostMemory memory, long rows, double first) {
    DenseMatrix cells = DenseMatrix.allocate(memory, rows, 1);
    cells.set(0, 0, first);
    return ManagedMatrix.adopt(cells);
  }

  @Test
  void matricesArePinnedUntilTheEndAndNumbersStandForThemselves() {
    try (HostMemory memory = new HostMemory(BUDGET)) {
      ManagedMatrix matrix = matrix(memory, 10, 3);
      Value[] values = {matrix, Scalar.of(2), matrix};
      try (PinnedOperands pinned = PinnedOperands.of(PLUS, values)) {
        assertThat(matrix.isExclusive()).isFalse();
        assertThat(((DenseMatrix) pinned.operands()[0]).get(0, 0)).isEqualTo(3);
        assertThat(pinned.operands()[1]).isEqualTo(Scalar.of(2));
        assertThat(pinned.operands()[2]).isSameAs(pinned.operands()[0]);
      }
      assertThat(matrix.isExclusive()).isTrue();
      try (PinnedOperands pinned = PinnedOperands.orNull(values)) {
        assertThat(matrix.isExclusive()).isFalse();
        assertThat(pinned.operands()).hasSize(3);
      }
      assertThat(matrix.isExclusive()).isTrue();
      matrix.release();
      assertThat(memory.liveBuffers()).isZero();
    }
  }

  @Test
  void whatIsNoOperandLeavesNothingPinned() {
    try (HostMemory memory = new HostMemory(BUDGET)) {
      ManagedMatrix matrix = matrix(memory, 10, 3);
      Value list = new ListValue(List.of(), List.of(Scalar.of(1)));
      assertThatThrownBy(() -> PinnedOperands.of(PLUS, new Value[] {matrix, list}))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("'+' does not take");
      assertThat(matrix.isExclusive()).isTrue();
      matrix.release();
    }
  }

  @Test
  void cellsOnDiskAreBroughtBackOnlyByWhoMayWait(@TempDir Path folder) {
    DiskTier disk = new DiskTier(1 << 30, () -> SpillFile.create(folder), MoveEvents.NONE);
    try (HostMemory memory = new HostMemory(BUDGET, disk)) {
      ManagedMatrix few = matrix(memory, 10, 1);
      ManagedMatrix gone = matrix(memory, ROWS, 2);
      // Leaves no room for the first.
      ManagedMatrix last = memory.run(() -> matrix(memory, ROWS, 3));
      Value[] values = {few, gone};
      assertThat(PinnedOperands.orNull(values)).isNull();
      assertThat(few.isExclusive()).isTrue();
      memory.run(() -> {
        try (PinnedOperands pinned = PinnedOperands.of(PLUS, values)) {
          assertThat(((DenseMatrix) pinned.operands()[1]).get(0, 0)).isEqualTo(2);
        }
        return null;
      });
      List.of(few, gone, last).forEach(ManagedMatrix::release);
    }
    disk.close();
  }
}
