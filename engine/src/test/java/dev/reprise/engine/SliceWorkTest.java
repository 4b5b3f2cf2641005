package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import org.junit.jupiter.api.Test;

/** The estimated work of a slice is that of what it takes out, not of what it is taken from. */
class SliceWorkTest {
  private static final Operation SLICE =
      new Operation(OperationTable.standard().get("rightIndex"), Attributes.none());

  private static final Scalar ABSENT = Scalar.absent();

  /** Nanoseconds of a slice of a matrix of 1000 x 50. */
  private static double work(Value rowLower, Value rowUpper, Value colLower, Value colUpper) {
    CountingAllocator memory = new CountingAllocator();
    ManagedMatrix matrix = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 1000, 50));
    Value[] inputs = {matrix, rowLower, rowUpper, colLower, colUpper};
    double work = SLICE.opcode().work().nanos(SLICE, inputs);
    matrix.release();
    return work;
  }

  private static Scalar at(long index) {
    return Scalar.of(index);
  }

  @Test
  void rowsCostTheirCellsReadAndWritten() {
    assertThat(work(at(11), at(20), ABSENT, ABSENT)).isEqualTo(10 * 50 * 2 * 0.5);
    assertThat(work(at(11), ABSENT, ABSENT, ABSENT)).isEqualTo(50 * 2 * 0.5);
  }

  @Test
  void partOfARowCostsALineOfMemory() {
    assertThat(work(ABSENT, ABSENT, at(3), ABSENT)).isEqualTo(1000 * (8 + 1) * 0.5);
    assertThat(work(ABSENT, ABSENT, at(1), at(20))).isEqualTo(1000 * (20 + 20) * 0.5);
    assertThat(work(at(5), ABSENT, at(3), ABSENT)).isEqualTo((8 + 1) * 0.5);
  }

  @Test
  void boundsThatAreWrongOrNoNumbersCostAtMostTheWhole() {
    double whole = work(ABSENT, ABSENT, ABSENT, ABSENT);
    assertThat(whole).isEqualTo(1000 * 50 * 2 * 0.5);
    assertThat(work(at(1), at(5000), ABSENT, ABSENT)).isEqualTo(whole);
    assertThat(work(at(20), at(11), ABSENT, ABSENT)).isZero();
    assertThat(work(ABSENT, ABSENT, Scalar.of("name"), ABSENT)).isEqualTo(whole);
  }
}
