package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import dev.reprise.memory.DamagedCopyException;
import dev.reprise.memory.DiskTier;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cached values that leave memory for the disk and come back. */
class CacheOnDiskTest {
  private static final long SIZE = 100 * 100 * 8;
  private static final long COSTLY = 1_000_000_000L;
  private static final long CHEAP = 10;

  private final DiskInMemory store = new DiskInMemory();
  private final DiskTier disk = new DiskTier(3 * 81_920, () -> store);
  private final HostMemory memory = new HostMemory(2 * SIZE, disk);
  private final RecordedEvents events = new RecordedEvents();
  private final LineageCache cache =
      new LineageCache(
          new CacheConfig(Policy.COSTNSIZE, Long.MAX_VALUE),
          Policy.COSTNSIZE.ranking(),
          events,
          disk);

  CacheOnDiskTest() {
    memory.reclaimWith(cache);
    disk.makeRoomWith(bytes -> memory.dropSpareDiskCopies(bytes) || cache.reclaimDisk(bytes));
  }

  @AfterEach
  void nothingStaysAnywhere() {
    cache.close();
    assertThat(memory.liveBuffers()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    memory.close();
    disk.close();
  }

  private ManagedMatrix matrix(double value) {
    DenseMatrix cells = DenseMatrix.allocate(memory, 100, 100);
    cells.set(50, 50, value);
    return ManagedMatrix.adopt(cells);
  }

  private void keep(int key, long costNanos) {
    ManagedMatrix value = matrix(key);
    cache.putIfAbsent(new Key(1, key), value, costNanos, 1);
    value.release();
  }

  private Probe probe(int key, TestWaiter waiter) {
    return cache.probe(new Key(1, key), () -> waiter);
  }

  private static double cell(Value value) {
    ManagedMatrix matrix = (ManagedMatrix) value;
    MatrixOperand cells = matrix.pinHost();
    try {
      return cells.get(50, 50);
    } finally {
      matrix.unpin();
    }
  }

  /** What a waiter got; gives its reference back. */
  private static double received(TestWaiter waiter) throws InterruptedException {
    try {
      return cell(waiter.handle().await());
    } finally {
      waiter.handle().release();
    }
  }

  private void fillMemory() {
    matrix(0).release();
    memory.allocate(2 * SIZE).release();
  }

  @Test
  void aCostlyValueGoesToDiskAndComesBackForTheProbe() throws Exception {
    keep(1, COSTLY);
    fillMemory();
    assertThat(cache.statistics().diskEntries()).isOne();
    assertThat(cache.statistics().entries()).isZero();
    TestWaiter waiter = new TestWaiter();
    assertThat(probe(1, waiter)).isEqualTo(new InFlight(waiter.handle(), true));
    assertThat(received(waiter)).isEqualTo(1);
    assertThat(waiter.claim()).isNull();
    // The event follows the value, so it may come after whatever the waiter does with it.
    disk.awaitFetches();
    // A full citizen again: found at once.
    Hit hit = (Hit) probe(1, new TestWaiter());
    assertThat(cell(hit.value())).isEqualTo(1);
    hit.value().release();
    assertThat(events.log())
        .containsExactly("admitted 1", "spilled 1", "hit 1", "restored 1", "hit 1");
    assertThat(cache.statistics().hits()).isEqualTo(2);
    assertThat(cache.statistics().waits()).isZero();
  }

  @Test
  void aSecondDepartureWritesNothing() throws Exception {
    keep(1, COSTLY);
    for (int round = 0; round < 3; round++) {
      fillMemory();
      TestWaiter waiter = new TestWaiter();
      probe(1, waiter);
      assertThat(received(waiter)).isEqualTo(1);
    }
    assertThat(disk.statistics().spills()).isOne();
    assertThat(disk.statistics().restores()).isEqualTo(3);
  }

  @Test
  void whatIsCheaperToComputeThanToMoveIsDropped() {
    keep(1, CHEAP);
    fillMemory();
    assertThat(events.log()).containsExactly("admitted 1", "evicted 1");
    assertThat(disk.statistics().spills()).isZero();
  }

  @Test
  void aDamagedCopyMakesTheFirstWaiterComputeTheValue() throws Exception {
    keep(1, COSTLY);
    fillMemory();
    store.damageEvery = 1;
    store.stopAtTheNextMove();
    CountDownLatch claimed = new CountDownLatch(1);
    TestWaiter first = new TestWaiter(claim -> claimed.countDown());
    TestWaiter second = new TestWaiter();
    assertThat(probe(1, first)).isInstanceOf(InFlight.class);
    assertThat(probe(1, second)).isEqualTo(new InFlight(second.handle(), false));
    store.leave.countDown();
    claimed.await();
    ManagedMatrix again = matrix(1);
    first.claim().complete(again, COSTLY, true);
    again.release();
    assertThat(received(second)).isEqualTo(1);
    assertThat(received(first)).isEqualTo(1);
    assertThat(events.log()).contains("evicted 1", "tookOver 1").doesNotContain("restored 1");
    assertThat(cache.statistics().evictionsByReason())
        .containsEntry(CacheEvents.Eviction.NOT_RESTORED, 1L);
  }

  @Test
  void probesWhileAValueIsReadBackReadItOnce() throws Exception {
    keep(1, COSTLY);
    fillMemory();
    store.stopAtTheNextMove();
    List<TestWaiter> waiters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiters.add(new TestWaiter());
      assertThat(probe(1, waiters.get(i))).isEqualTo(new InFlight(waiters.get(i).handle(), i == 0));
    }
    store.leave.countDown();
    for (TestWaiter waiter : waiters) {
      assertThat(received(waiter)).isEqualTo(1);
    }
    assertThat(store.reads).hasValue(1);
    assertThat(cache.statistics().hits()).isOne();
    assertThat(cache.statistics().waits()).isEqualTo(3);
  }

  @Test
  void aValueThatIsFoundWhileItIsWrittenStays() throws Exception {
    keep(1, COSTLY);
    store.stopAtTheNextMove();
    CompletableFuture<Void> asking = CompletableFuture.runAsync(this::fillMemory);
    store.arrived.await();
    Hit hit = (Hit) probe(1, new TestWaiter());
    assertThat(cell(hit.value())).isEqualTo(1);
    store.leave.countDown();
    ManagedMatrix value = (ManagedMatrix) hit.value();
    value.release();
    asking.join();
    assertThat(cache.statistics().evictions()).isZero();
  }

  @Test
  void whatLiesOnTheDiskForGoodIsGivenToThoseWhoWaitAndNotKept() throws Exception {
    store.maps = true;
    DenseMatrix cells = DenseMatrix.allocate(memory, 300, 100);
    cells.set(50, 50, 3);
    ManagedMatrix large = ManagedMatrix.adopt(cells);
    Claim claim = (Claim) probe(1, new TestWaiter());
    TestWaiter waiter = new TestWaiter();
    assertThat(probe(1, waiter)).isInstanceOf(InFlight.class);
    claim.complete(large, COSTLY, true);
    large.release();
    assertThat(received(waiter)).isEqualTo(3);
    assertThat(cache.statistics().entries()).isZero();
    assertThat(events.log()).anyMatch(event -> event.startsWith("TOO_LARGE"));
  }

  @Test
  void aFailingDiskDropsValuesAndHarmsNobody() {
    store.failWrites = true;
    for (int key = 1; key <= 5; key++) {
      keep(key, COSTLY);
    }
    assertThat(cache.statistics().evictionsByReason())
        .containsEntry(CacheEvents.Eviction.DISK_BUDGET, 3L);
    assertThat(probe(1, new TestWaiter())).isInstanceOf(Claim.class);
    assertThat(disk.statistics().writeErrors()).isOne();
  }

  @Test
  void aValueWhoseMoveBreaksOffIsDroppedAndNotForeverOnItsWay() {
    keep(1, COSTLY);
    store.breakWrites = new InternalError("a fault in a recent unsafe memory access");
    assertThatThrownBy(() -> memory.allocate(2 * SIZE).release()).hasCause(store.breakWrites);
    assertThat(events.log()).containsExactly("admitted 1", "evicted 1");
    assertThat(cache.reclaim(1)).isZero();
    assertThat(probe(1, new TestWaiter())).isInstanceOf(Claim.class);
  }

  @Test
  void aValueThatWasWrittenAheadLeavesWithoutTheWriter() throws Exception {
    memory.writeAhead();
    keep(1, COSTLY);
    keep(2, 2 * COSTLY);
    for (int step = 0; step < 5; step++) {
      disk.awaitWrites();
    }
    // The one that would leave first.
    assertThat(memory.writtenAhead()).isOne();
    assertThat(cache.statistics().spills()).isZero();
    store.stopAtTheNextMove();
    assertThat(cache.reclaim(SIZE)).isEqualTo(SIZE);
    assertThat(cache.statistics().diskEntries()).isOne();
    assertThat(events.log()).endsWith("spilled 1");
    store.leave.countDown();
    TestWaiter waiter = new TestWaiter();
    assertThat(probe(1, waiter)).isEqualTo(new InFlight(waiter.handle(), true));
    assertThat(received(waiter)).isEqualTo(1);
    memory.settle();
  }

  /** As without writing ahead, and nobody reads a value that is not his. */
  @Test
  void manyThreadsGetTheRightValueWhileValuesAreWrittenAhead() throws Exception {
    memory.writeAhead();
    manyThreadsGetTheRightValueWhateverTheDiskDoes();
    memory.settle();
  }

  @Test
  void theDiskKeepsWhatIsWorthMost() {
    for (int key = 1; key <= 6; key++) {
      keep(key, COSTLY * key);
    }
    // Two in memory, three on disk; the one that is worth least is gone.
    assertThat(cache.statistics().diskEntries()).isEqualTo(3);
    assertThat(cache.statistics().entries()).isEqualTo(2);
    assertThat(events.log()).contains("evicted 1").doesNotContain("evicted 2");
  }

  @Test
  void aFetchWaitsForMemoryThatOthersHavePinned() throws Exception {
    keep(1, COSTLY);
    fillMemory();
    ManagedMatrix a = matrix(7);
    ManagedMatrix b = matrix(8);
    a.pinHost();
    b.pinHost();
    TestWaiter waiter = new TestWaiter();
    probe(1, waiter);
    assertThat(waiter.handle().isDone()).isFalse();
    a.unpin();
    a.release();
    b.unpin();
    assertThat(received(waiter)).isEqualTo(1);
    b.release();
  }

  @Test
  void aValueThatLeftAsAVariableIsTheDisksOnceTheVariableIsGone() throws Exception {
    ManagedMatrix variable = matrix(1);
    cache.putIfAbsent(new Key(1, 1), variable, COSTLY, 1);
    ManagedMatrix second = matrix(2);
    ManagedMatrix third = matrix(3);
    assertThat(variable.isOnHost()).isFalse();
    // The program has it anyway, so it is handed out as it is.
    assertThat(probe(1, new TestWaiter())).isInstanceOf(Hit.class);
    variable.release();
    variable.release();
    second.release();
    third.release();
    TestWaiter waiter = new TestWaiter();
    assertThat(probe(1, waiter)).isEqualTo(new InFlight(waiter.handle(), true));
    assertThat(received(waiter)).isEqualTo(1);
    assertThat(cache.statistics().diskEntries()).isZero();
    assertThat(cache.statistics().entries()).isOne();
  }

  @Test
  void resultsOfSeveralMatricesMoveTogether() throws Exception {
    ListValue pair = new ListValue(List.of(), List.of(matrix(1), matrix(2)));
    cache.putIfAbsent(new Key(1, 1), pair, COSTLY, 1);
    pair.release();
    fillMemory();
    assertThat(cache.statistics().diskBytes()).isEqualTo(2 * SIZE);
    TestWaiter waiter = new TestWaiter();
    probe(1, waiter);
    ListValue back = (ListValue) waiter.handle().await();
    assertThat(cell(back.elements().get(0))).isEqualTo(1);
    assertThat(cell(back.elements().get(1))).isEqualTo(2);
    waiter.handle().release();
  }

  @Test
  void closingWhileAValueIsWrittenLeavesNothing() throws Exception {
    keep(1, COSTLY);
    store.stopAtTheNextMove();
    CompletableFuture<Void> asking = CompletableFuture.runAsync(this::fillMemory);
    store.arrived.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(cache::close);
    store.leave.countDown();
    closing.join();
    asking.join();
    assertThat(probe(1, new TestWaiter())).isInstanceOf(Claim.class);
  }

  /** Four threads on values of four times the memory; every tenth read from disk is damaged. */
  @Test
  void manyThreadsGetTheRightValueWhateverTheDiskDoes() throws Exception {
    store.damageEvery = 10;
    for (int round = 0; round < 20; round++) {
      Workers.run(
          4,
          worker -> {
            java.util.Random random = new java.util.Random(worker);
            for (int i = 0; i < 60; i++) {
              int key = random.nextInt(8);
              assertThat(use(key)).isEqualTo(key);
            }
            return null;
          });
    }
    assertThat(disk.statistics().restores()).isPositive();
    assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
  }

  private double use(int key) throws InterruptedException {
    TestWaiter waiter = new TestWaiter(claim -> compute(key, claim));
    return switch (probe(key, waiter)) {
      case Hit hit -> {
        double value = pinned(key, hit.value());
        hit.value().release();
        yield value;
      }
      case InFlight inFlight -> {
        double value = pinned(key, inFlight.handle().await());
        inFlight.handle().release();
        yield value;
      }
      case Claim claim -> {
        compute(key, claim);
        yield key;
      }
    };
  }

  /** A value that left memory once more as a variable may be lost, but never wrong. */
  private double pinned(int key, Value value) {
    try {
      return memory.run(() -> cell(value));
    } catch (DamagedCopyException lost) {
      return key;
    }
  }

  private void compute(int key, Claim claim) {
    try (claim) {
      ManagedMatrix value = memory.run(() -> matrix(key));
      claim.complete(value, COSTLY, true);
      value.release();
    }
  }
}
