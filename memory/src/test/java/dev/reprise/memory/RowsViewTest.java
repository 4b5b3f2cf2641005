package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a view costs, whom it keeps, and when it becomes a copy. */
class RowsViewTest {
  private static final int ROWS = 128;
  private static final int COLS = 128;
  private static final long SIZE = ROWS * COLS * 8;
  private static final long ROW = COLS * 8;

  private final StoreInMemory store = new StoreInMemory();
  private final DiskTier disk = new DiskTier(64 * SIZE, store::open);
  private final HostMemory memory = new HostMemory(4 * SIZE, disk);
  private final List<Value> held = new ArrayList<>();

  @AfterEach
  void nothingStaysAnywhere() {
    held.forEach(Value::release);
    assertThat(memory.liveBuffers()).isZero();
    assertThat(memory.usedBytes()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    assertThat(memory.residents().count()).isZero();
    memory.close();
    disk.close();
  }

  /** A matrix whose cells are its number and the number of their row. */
  private ManagedMatrix make(int number) {
    DenseMatrix cells = DenseMatrix.allocate(memory, ROWS, COLS);
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLS; j++) {
        cells.set(i, j, 1000 * number + i);
      }
    }
    return ManagedMatrix.adopt(cells);
  }

  private <V extends Value> V hold(V value) {
    held.add(value);
    return value;
  }

  private void letGo(Value value) {
    held.remove(value);
    value.release();
  }

  private static void assertReads(RowsView view, double first) {
    MatrixOperand cells = view.pinHost();
    try {
      for (long i = 0; i < view.shape().rows(); i++) {
        assertThat(cells.get(i, 0)).isEqualTo(first + i);
        assertThat(cells.get(i, COLS - 1)).isEqualTo(first + i);
      }
    } finally {
      view.unpin();
    }
  }

  @Test
  void aViewReadsRowsOfItsBaseAndTakesNoMemory() {
    ManagedMatrix base = hold(make(1));
    long before = memory.usedBytes();
    RowsView view = hold(RowsView.of(base, 32, 16));
    assertThat(memory.usedBytes()).isEqualTo(before);
    assertThat(view.bytes()).isEqualTo(16 * ROW);
    assertThat(view.base()).isSameAs(base);
    assertThat(view.isExclusive()).isFalse();
    assertReads(view, 1032);
  }

  @Test
  void aPinOfAViewIsAPinOfItsBase() {
    ManagedMatrix base = hold(make(1));
    RowsView view = hold(RowsView.of(base, 32, 16));
    view.pinHost();
    assertThat(base.pins()).isOne();
    assertThat(base.spill()).isZero();
    view.unpin();
    assertThat(base.pins()).isZero();
    assertThat(base.spill()).isEqualTo(SIZE);
    assertReads(view, 1032);
    assertThat(store.reads).hasPositiveValue();
  }

  @Test
  void rowsOfAViewAreRowsOfItsBase() {
    ManagedMatrix base = hold(make(1));
    RowsView view = hold(RowsView.of(base, 32, 64));
    RowsView inner = hold(RowsView.of(view, 8, 4));
    letGo(view);
    assertThat(inner.base()).isSameAs(base);
    assertReads(inner, 1040);
  }

  @Test
  void rowsOfASeparatedViewAreRowsOfItsOwnMatrix() {
    ManagedMatrix base = hold(make(1));
    RowsView view = hold(RowsView.of(base, 32, 64));
    view.separate();
    RowsView inner = hold(RowsView.of(view, 8, 4));
    assertThat(inner.base()).isSameAs(view.own());
    assertReads(inner, 1040);
  }

  @Test
  void whatCannotBeReadInPlaceIsNoView() {
    DenseMatrix odd = DenseMatrix.allocate(memory, 1000, 11);
    ManagedMatrix narrow = hold(ManagedMatrix.adopt(odd));
    assertThat(RowsView.of(narrow, 1, 8)).isNull();
    assertThat(hold(RowsView.of(narrow, 8, 8))).isNotNull();
    ManagedMatrix small = hold(ManagedMatrix.adopt(DenseMatrix.allocate(memory, 16, 16)));
    assertThat(RowsView.of(small, 0, 8)).isNull();
    ManagedMatrix compressed =
        hold(ManagedMatrix.adopt(SparseMatrix.allocate(memory, 8000, 100, 0)));
    assertThat(RowsView.of(compressed, 0, 8)).isNull();
  }

  @Test
  void aFewRowsDoNotKeepALargeMatrix() {
    ManagedMatrix base = make(1);
    RowsView view = hold(RowsView.of(base, 32, 16));
    RowsView other = hold(RowsView.of(base, 64, 16));
    base.release();
    assertThat(base.references()).isZero();
    assertThat(view.base()).isNull();
    assertThat(memory.usedBytes()).isEqualTo(2 * 16 * ROW);
    assertThat(memory.viewsSeparated()).isEqualTo(2);
    assertReads(view, 1032);
    assertReads(other, 1064);
  }

  @Test
  void mostOfAMatrixIsNotCopiedWhenTheRestIsOfNoUse() {
    ManagedMatrix base = make(1);
    RowsView most = hold(RowsView.of(base, 0, 96));
    base.release();
    assertThat(most.base()).isSameAs(base);
    assertThat(memory.viewsSeparated()).isZero();
    assertReads(most, 1000);
  }

  @Test
  void viewsThatBecomeFewAreCopiedThen() {
    ManagedMatrix base = make(1);
    RowsView most = hold(RowsView.of(base, 0, 96));
    RowsView few = hold(RowsView.of(base, 96, 8));
    base.release();
    assertThat(few.base()).isSameAs(base);
    letGo(most);
    assertThat(few.base()).isNull();
    assertThat(base.references()).isZero();
    assertReads(few, 1096);
  }

  @Test
  void withoutRoomTheMatrixStaysUntilThereIs() {
    ManagedMatrix base = make(1);
    RowsView view = hold(RowsView.of(base, 32, 32));
    List<ManagedMatrix> others = List.of(make(2), make(3), make(4));
    others.forEach(ManagedMatrix::pinHost);
    base.release();
    assertThat(view.base()).isSameAs(base);
    assertThat(base.isOnHost()).isTrue();
    assertReads(view, 1032);
    others.getFirst().unpin();
    others.getFirst().release();
    // Whoever asks for more than there is finds it: the view is copied, which frees the base.
    memory.allocate(SIZE * 3 / 2).release();
    assertThat(view.base()).isNull();
    assertThat(base.references()).isZero();
    assertThat(store.writes).hasValue(0);
    assertReads(view, 1032);
    others.subList(1, 3).forEach(ManagedMatrix::unpin);
    others.subList(1, 3).forEach(ManagedMatrix::release);
  }

  @Test
  void aViewThatIsPinnedWhenTheBaseIsLetGoIsCopiedAndChangesOverLater() {
    ManagedMatrix base = make(1);
    RowsView view = hold(RowsView.of(base, 32, 16));
    RowsView pinned = hold(RowsView.of(base, 64, 8));
    pinned.pinHost();
    base.release();
    assertThat(view.base()).isNull();
    assertThat(pinned.base()).isSameAs(base);
    pinned.unpin();
    assertThat(base.references()).isZero();
    assertThat(view.base()).isNull();
    assertReads(pinned, 1064);
  }

  @Test
  void nobodyWritesIntoTheCellsOfAView() {
    ManagedMatrix base = hold(make(1));
    RowsView large = hold(RowsView.of(base, 0, 96));
    assertThat(base.isExclusive()).isFalse();
    assertThat(base.becomesExclusive()).isFalse();
    assertThatThrownBy(() -> base.pinWritable(memory)).isInstanceOf(IllegalStateException.class);
    letGo(large);
    assertThat(base.becomesExclusive()).isTrue();
  }

  @Test
  void aFewRowsAreCopiedBeforeSomebodyWritesInPlace() {
    ManagedMatrix base = hold(make(1));
    RowsView view = hold(RowsView.of(base, 32, 16));
    assertThat(base.becomesExclusive()).isTrue();
    base.pinWritable(memory).set(33, 0, -1);
    base.unpin();
    assertReads(view, 1032);
  }

  @Test
  void whoReadsAViewKeepsWritersAway() {
    ManagedMatrix base = hold(make(1));
    RowsView view = hold(RowsView.of(base, 32, 16));
    MatrixOperand cells = view.pinHost();
    assertThat(base.becomesExclusive()).isFalse();
    assertThat(cells.get(3, 0)).isEqualTo(1035);
    view.unpin();
    assertThat(base.becomesExclusive()).isTrue();
    assertReads(view, 1032);
  }

  @Test
  void anOperationThatRanShortNeedsTheRowsAndNotTheWholeMatrix() {
    ManagedMatrix base = hold(make(1));
    RowsView view = hold(RowsView.of(base, 32, 16));
    Value[] operands = {view};
    int[] attempts = {0};
    // Three matrices and a view fit into memory for four, three matrices and its base do, too; with
    // one byte more only the first.
    memory.run(() -> {
      attempts[0]++;
      memory.separateIfShort(operands);
      view.pinHost();
      List<ManagedMatrix> results = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          ManagedMatrix result = make(i);
          results.add(result);
          result.pinHost();
        }
        memory.allocate(SIZE / 2).release();
        return null;
      } finally {
        view.unpin();
        for (ManagedMatrix result : results) {
          result.unpin();
          result.release();
        }
      }
    });
    assertThat(attempts[0]).isEqualTo(2);
    assertThat(view.base()).isNull();
    assertThat(base.isOnHost()).isFalse();
  }

  @Test
  void aPinMayOutliveTheView() {
    ManagedMatrix base = make(1);
    RowsView view = RowsView.of(base, 32, 96);
    MatrixOperand cells = view.pinHost();
    base.release();
    view.release();
    assertThat(cells.get(0, 0)).isEqualTo(1032);
    view.unpin();
    assertThat(base.references()).isZero();
  }

  @Test
  void misuseOfADeadViewIsReported() {
    ManagedMatrix base = hold(make(1));
    RowsView view = RowsView.of(base, 0, 8);
    view.release();
    assertThat(view.tryRetain()).isFalse();
    assertThatThrownBy(view::retain).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(view::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void viewsOfFloatsBeginWhereTheyMust() {
    DenseMatrix cells = DenseMatrix.allocate(memory, 256, 100, Precision.FP32);
    cells.set(16, 0, 7);
    ManagedMatrix base = hold(ManagedMatrix.adopt(cells));
    assertThat(RowsView.of(base, 2, 8)).isNull();
    RowsView view = hold(RowsView.of(base, 16, 8));
    assertThat(view.pinHost().get(0, 0)).isEqualTo(7);
    view.unpin();
  }
}
