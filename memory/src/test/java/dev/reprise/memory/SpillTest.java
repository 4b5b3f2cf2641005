package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Live values that the host budget has no room for. */
class SpillTest {
  private static final long SIZE = 100 * 100 * 8;

  private final StoreInMemory store = new StoreInMemory();
  private final DiskTier disk = new DiskTier(64 * SIZE, store::open);
  private final HostMemory memory = new HostMemory(4 * SIZE, disk);
  private final List<ManagedMatrix> live = new ArrayList<>();

  @AfterEach
  void nothingStaysAnywhere() {
    live.forEach(ManagedMatrix::release);
    assertThat(memory.liveBuffers()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    assertThat(memory.residents().count()).isZero();
    memory.close();
    disk.close();
  }

  private ManagedMatrix make(double value) {
    DenseMatrix cells = DenseMatrix.allocate(memory, 100, 100);
    cells.set(99, 99, value);
    ManagedMatrix matrix = ManagedMatrix.adopt(cells);
    live.add(matrix);
    return matrix;
  }

  private static double read(ManagedMatrix matrix) {
    try {
      return matrix.pinHost().get(99, 99);
    } finally {
      matrix.unpin();
    }
  }

  @Test
  void moreLiveValuesThanMemoryAreMovedOutAndComeBack() {
    for (int i = 0; i < 16; i++) {
      make(i);
    }
    assertThat(live.stream().filter(ManagedMatrix::isOnHost)).hasSize(4);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 16; i++) {
        assertThat(read(live.get(i))).isEqualTo(i);
      }
    }
    assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
    // Each was written once: an immutable value that is on disk needs no second copy.
    assertThat(store.writes).hasValue(16);
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() {
    for (int i = 0; i < 4; i++) {
      make(i);
    }
    read(live.get(0));
    read(live.get(2));
    make(4);
    make(5);
    assertThat(live.stream().map(ManagedMatrix::isOnHost))
        .containsExactly(true, false, true, false, true, true);
  }

  @Test
  void whatIsPinnedStays() {
    for (int i = 0; i < 4; i++) {
      make(i).pinHost();
    }
    assertThatThrownBy(() -> make(4))
        .isInstanceOf(ShortageException.class)
        .hasMessageContaining("asked for 78.1 KiB")
        .hasMessageContaining("the budget is 312.5 KiB")
        .hasMessageContaining("--memory host=");
    live.get(2).unpin();
    make(4);
    assertThat(live.get(2).isOnHost()).isFalse();
    List.of(0, 1, 3).forEach(i -> live.get(i).unpin());
  }

  @Test
  void aValueLargerThanTheBudgetFailsAtOnce() {
    assertThatThrownBy(() -> memory.allocate(5 * SIZE))
        .isInstanceOf(ShortageException.class)
        .hasMessageContaining("the budget is 312.5 KiB, on disk 0 B of 4.9 MiB; raise");
    assertThat(store.writes).hasValue(0);
  }

  @Test
  void writingInPlaceDropsTheStaleCopy() {
    ManagedMatrix changed = make(1);
    for (int i = 0; i < 4; i++) {
      make(0);
    }
    assertThat(changed.isOnHost()).isFalse();
    changed.pinWritable(memory).set(99, 99, 2);
    assertThat(changed.isOnDisk()).isFalse();
    changed.unpin();
    for (int i = 0; i < 4; i++) {
      make(0);
    }
    assertThat(changed.isOnHost()).isFalse();
    assertThat(read(changed)).isEqualTo(2);
  }

  @Test
  void compressedAndNarrowMatricesKeepTheirForm() {
    SparseMatrix sparse = SparseMatrix.allocate(memory, 8000, 50, 2);
    for (int i = 0; i <= 8000; i++) {
      sparse.setStart(i, i == 8000 ? 2 : 0);
    }
    sparse.set(0, 7, 1.5);
    sparse.set(1, 49, -2.5);
    ManagedMatrix compressed = ManagedMatrix.adopt(sparse);
    live.add(compressed);
    DenseMatrix floats = DenseMatrix.allocate(memory, 100, 150, Precision.FP32);
    floats.set(99, 149, 0.25);
    ManagedMatrix narrow = ManagedMatrix.adopt(floats);
    live.add(narrow);
    for (int i = 0; i < 4; i++) {
      make(i);
    }
    assertThat(compressed.isOnHost()).isFalse();
    assertThat(narrow.isOnHost()).isFalse();
    assertThat(compressed.isCompressed()).isTrue();
    assertThat(compressed.pinHost().get(7999, 49)).isEqualTo(-2.5);
    compressed.unpin();
    assertThat(narrow.pinHost()).isInstanceOf(DenseMatrix.class);
    assertThat(narrow.pinHost().get(99, 149)).isEqualTo(0.25);
    assertThat(narrow.precision()).isEqualTo(Precision.FP32);
    narrow.unpin();
    narrow.unpin();
    // Writing makes it dense, which takes all the memory there is.
    DenseMatrix dense;
    try (HostMemory large = new HostMemory(1 << 24)) {
      dense = compressed.pinWritable(large);
      dense.set(0, 0, 3);
      assertThat(dense.get(7999, 49)).isEqualTo(-2.5);
      compressed.unpin();
      live.remove(compressed);
      compressed.release();
    }
  }

  @Test
  void smallMatricesAreNeverRegistered() {
    ManagedMatrix small = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 10, 10));
    assertThat(memory.residents().count()).isZero();
    assertThat(small.isMobile()).isFalse();
    small.release();
  }

  @Test
  void aDamagedCopyIsAnErrorAndNeverAWrongValue() {
    ManagedMatrix first = make(1);
    for (int i = 0; i < 4; i++) {
      make(i);
    }
    store.flipBits();
    assertThatThrownBy(first::pinHost)
        .isInstanceOf(DamagedCopyException.class)
        .hasMessageContaining("moved to disk cannot be read back");
    assertThatThrownBy(first::pinHost).isInstanceOf(DamagedCopyException.class);
    assertThat(first.pins()).isZero();
  }

  @Test
  void aFailingDiskLeavesLiveValuesWhereTheyAre() {
    store.failWrites = true;
    for (int i = 0; i < 4; i++) {
      make(i);
    }
    assertThatThrownBy(() -> make(4))
        .isInstanceOf(ShortageException.class)
        .hasMessageContaining("it failed to take more");
    for (int i = 0; i < 4; i++) {
      assertThat(read(live.get(i))).isEqualTo(i);
    }
  }

  @Test
  void aValueThatDiesWhileItIsWrittenIsFreedAfterwards() throws Exception {
    ManagedMatrix first = make(1);
    live.remove(first);
    for (int i = 0; i < 3; i++) {
      make(i);
    }
    store.writeGate = new StoreInMemory.Gate();
    CompletableFuture<ManagedMatrix> asking = CompletableFuture.supplyAsync(() -> make(9));
    store.writeGate.awaitArrival();
    first.release();
    assertThat(memory.liveBuffers()).isEqualTo(4);
    store.writeGate.open();
    asking.get();
    assertThat(memory.liveBuffers()).isEqualTo(4);
  }

  @Test
  void aValueThatIsPinnedWhileItIsWrittenStaysInMemory() throws Exception {
    ManagedMatrix first = make(1);
    for (int i = 0; i < 3; i++) {
      make(i);
    }
    store.writeGate = new StoreInMemory.Gate();
    CompletableFuture<ManagedMatrix> asking = CompletableFuture.supplyAsync(() -> make(9));
    store.writeGate.awaitArrival();
    assertThat(first.pinHost().get(99, 99)).isEqualTo(1);
    store.writeGate.open();
    asking.get();
    assertThat(first.isOnHost()).isTrue();
    assertThat(first.isOnDisk()).isTrue();
    first.unpin();
  }

  @Test
  void aWriterWaitsUntilTheOldCellsAreWritten() throws Exception {
    ManagedMatrix first = make(1);
    for (int i = 0; i < 3; i++) {
      make(i);
    }
    store.writeGate = new StoreInMemory.Gate();
    CompletableFuture<ManagedMatrix> asking = CompletableFuture.supplyAsync(() -> make(9));
    store.writeGate.awaitArrival();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(() -> {
          first.pinWritable(memory).set(99, 99, 5);
          first.unpin();
        });
    store.writeGate.open();
    writing.get();
    asking.get();
    assertThat(read(first)).isEqualTo(5);
    for (int i = 0; i < 4; i++) {
      make(0);
    }
    assertThat(read(first)).isEqualTo(5);
  }

  @Test
  void severalThreadsThatWantASpilledValueReadItOnce() throws Exception {
    ManagedMatrix first = make(1);
    for (int i = 0; i < 4; i++) {
      make(i);
    }
    for (int i = 2; i < 5; i++) {
      live.removeLast().release();
    }
    store.readGate = new StoreInMemory.Gate();
    List<CompletableFuture<Double>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(CompletableFuture.supplyAsync(() -> read(first)));
    }
    store.readGate.awaitArrival();
    store.readGate.open();
    for (CompletableFuture<Double> reader : readers) {
      assertThat(reader.get()).isEqualTo(1);
    }
    assertThat(store.reads).hasValue(1);
  }

  @Test
  void diskCopiesOfValuesInMemoryMakeWayForLiveOnes() {
    DiskTier small = new DiskTier(4 * 81_920, store::open);
    HostMemory host = new HostMemory(4 * SIZE, small);
    small.makeRoomWith(host::dropSpareDiskCopies);
    List<ManagedMatrix> values = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      DenseMatrix cells = DenseMatrix.allocate(host, 100, 100);
      cells.set(99, 99, i);
      values.add(ManagedMatrix.adopt(cells));
    }
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 7; i++) {
        assertThat(read(values.get(i))).isEqualTo(i);
      }
    }
    values.forEach(ManagedMatrix::release);
    assertThat(host.liveBuffers()).isZero();
    assertThat(small.statistics().bytes()).isZero();
    host.close();
    small.close();
  }
}
