package dev.reprise.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Contents are looked at where they lie, or not at all. */
class SmallContentsTest {
  private static final Shape SHAPE = new Shape(2, 3);

  private final HostMemory memory = new HostMemory(1 << 20);
  private final SmallContents contents = new SmallContents(memory);

  private static AbsentMatrix absent(Supplier<MatrixValue> maker) {
    return new AbsentMatrix(
        SHAPE,
        Precision.FP64,
        new AbsentMatrix.Source() {
          @Override
          public MatrixValue make() {
            return maker.get();
          }

          @Override
          public int depth() {
            return 1;
          }

          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public void close() {
            // Nothing is held.
          }
        });
  }

  private ManagedMatrix cells() {
    DenseMatrix cells = DenseMatrix.allocate(memory, 2, 3);
    cells.set(1, 2, 5);
    return ManagedMatrix.adopt(cells);
  }

  @Test
  void whatHasComeIsLookedAtOnlyWhereItStillLies() {
    ManagedMatrix plain = cells();
    AbsentMatrix inner = absent(this::cells);
    AbsentMatrix outer = absent(() -> inner);
    assertThat(contents.of(outer)).isNull();
    outer.make();
    // It is there, and what it is has not come.
    assertThat(outer.isPresent()).isTrue();
    assertThat(SmallContents.isAtHand(outer)).isFalse();
    assertThat(contents.of(outer)).isNull();
    inner.make();
    assertThat(SmallContents.isAtHand(outer)).isTrue();
    assertThat(contents.of(outer)).isNotNull().isEqualTo(contents.of(plain));
    outer.release();
    plain.release();
    assertThat(memory.liveBuffers()).isZero();
    memory.close();
  }
}
