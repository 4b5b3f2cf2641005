package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values that are written before memory is full. */
@Timeout(600)
class WriteAheadTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long SIZE = SizeClasses.roundUp(100 * 100 * 8);
  private static final int MOST = 20;

  private final StoreInMemory store = new StoreInMemory();
  private final DiskTier disk = new DiskTier(64 * SIZE, store::open);
  private final HostMemory memory = new HostMemory(MOST * SIZE, disk);
  private final List<ManagedMatrix> live = new ArrayList<>();

  WriteAheadTest() {
    memory.writeAhead();
  }

  @AfterEach
  void nothingStaysAnywhere() {
    live.forEach(ManagedMatrix::release);
    memory.settle();
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
      return matrix.pinWhenThereIsRoom().get(99, 99);
    } finally {
      matrix.unpin();
    }
  }

  /** Beyond the mark of nine tenths; a pass writes a sixteenth, here two values. */
  private void fillBeyondTheMark() {
    for (int i = 0; i < 19; i++) {
      make(i);
    }
    awaitPass();
  }

  private void awaitPass() {
    for (int step = 0; step < 5; step++) {
      disk.awaitWrites();
    }
  }

  @Test
  void theLeastRecentlyUsedAreWrittenAndStayInMemory() {
    for (int i = 0; i < 18; i++) {
      make(i);
    }
    awaitPass();
    assertThat(store.writes).hasValue(0);
    make(18);
    awaitPass();
    assertThat(store.writes).hasValue(2);
    assertThat(memory.writtenAhead()).isEqualTo(2);
    assertThat(live).allMatch(ManagedMatrix::isOnHost);
    assertThat(live.stream().filter(ManagedMatrix::isOnDisk))
        .containsExactly(live.get(0), live.get(1));
    assertThat(memory.liveSpills()).isZero();
  }

  @Test
  void roomIsThenMadeWithoutWaitingForTheDisk() {
    fillBeyondTheMark();
    store.writeGate = new StoreInMemory.Gate();
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          make(19);
          make(20);
          make(21);
        });
    assertThat(live.get(0).isOnHost()).isFalse();
    assertThat(live.get(1).isOnHost()).isFalse();
    assertThat(memory.liveSpills()).isEqualTo(2);
    store.writeGate.open();
    for (int i = 0; i < live.size(); i++) {
      assertThat(read(live.get(i))).isEqualTo(i);
    }
  }

  @Test
  void whoNeedsTheRoomOfAValueThatIsBeingWrittenWaitsForItAndIsNotRefused() throws Exception {
    DenseMatrix cells = DenseMatrix.allocate(memory, 1700, 100);
    cells.set(5, 5, 17);
    ManagedMatrix large = ManagedMatrix.adopt(cells);
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.writeGate = gate;
    make(0);
    make(1);
    gate.awaitArrival();
    CompletableFuture<Void> needing =
        CompletableFuture.runAsync(() -> memory.allocate(1800 * 800).release());
    store.writeGate = null;
    gate.open();
    needing.get(10, TimeUnit.MINUTES);
    assertThat(large.pinWhenThereIsRoom().get(5, 5)).isEqualTo(17);
    large.unpin();
    large.release();
  }

  @Test
  void writingInPlaceForgetsTheCopy() {
    fillBeyondTheMark();
    ManagedMatrix first = live.getFirst();
    assertThat(first.isOnDisk()).isTrue();
    first.pinWritable(memory).set(99, 99, 100);
    first.unpin();
    assertThat(first.isOnDisk()).isFalse();
    for (int i = 0; i < 30; i++) {
      make(i);
    }
    assertThat(first.isOnHost()).isFalse();
    assertThat(read(first)).isEqualTo(100);
  }

  @Test
  void aValueThatDiesWhileItIsWrittenLeavesNothing() throws Exception {
    for (int i = 0; i < 18; i++) {
      make(i);
    }
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.writeGate = gate;
    make(18);
    gate.awaitArrival();
    live.removeFirst().release();
    store.writeGate = null;
    gate.open();
    awaitPass();
    assertThat(memory.writtenAhead()).isEqualTo(2);
  }

  @Test
  void aFullDiskMakesNoRoomForCopiesAhead() {
    List<Long> asked = new ArrayList<>();
    disk.makeRoomWith(bytes -> !asked.add(bytes));
    List<DiskCopy> others = new ArrayList<>();
    DiskTier.join(
        disk.onWriter(() -> {
          MemorySegment bytes = MemorySegment.ofArray(new byte[(int) SIZE]);
          for (DiskCopy copy = disk.write(bytes); copy != null; copy = disk.write(bytes)) {
            others.add(copy);
          }
          return null;
        }));
    asked.clear();
    fillBeyondTheMark();
    assertThat(memory.writtenAhead()).isZero();
    assertThat(asked).isEmpty();
    others.forEach(disk::free);
  }

  @Test
  void aDiskThatFailsEndsItAndHarmsNobody() {
    store.failWrites = true;
    fillBeyondTheMark();
    assertThat(memory.writtenAhead()).isZero();
    assertThat(disk.statistics().writeErrors()).isOne();
    for (int i = 0; i < live.size(); i++) {
      assertThat(read(live.get(i))).isEqualTo(i);
    }
  }

  @Test
  void settlingWaitsForTheWriteThatIsGoingOn() throws Exception {
    for (int i = 0; i < 18; i++) {
      make(i);
    }
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.writeGate = gate;
    make(18);
    gate.awaitArrival();
    CompletableFuture<Void> settling = CompletableFuture.runAsync(memory::settle);
    store.writeGate = null;
    gate.open();
    settling.get(10, TimeUnit.MINUTES);
    int written = store.writes.get();
    make(19);
    awaitPass();
    assertThat(store.writes).hasValue(written);
  }

  @Test
  void whatIsReadAheadIsThereWhenItIsUsed() {
    for (int i = 0; i < 30; i++) {
      make(i);
    }
    ManagedMatrix first = live.getFirst();
    assertThat(first.isOnHost()).isFalse();
    memory.readAhead(first);
    disk.awaitFetches();
    assertThat(first.isOnHost()).isTrue();
    int reads = store.reads.get();
    assertThat(read(first)).isZero();
    assertThat(store.reads).hasValue(reads);
  }

  @Test
  void aDamagedCopyThatIsReadAheadIsReportedToWhoUsesIt() {
    for (int i = 0; i < 30; i++) {
      make(i);
    }
    store.flipBits();
    ManagedMatrix first = live.getFirst();
    memory.readAhead(first);
    disk.awaitFetches();
    Assertions.assertThrows(DamagedCopyException.class, first::pinHost);
  }

  @Test
  void settlingWaitsUntilWhatWasReadAheadIsGivenBack() throws Exception {
    for (int i = 0; i < 30; i++) {
      make(i);
    }
    awaitPass();
    ManagedMatrix first = live.removeFirst();
    assertThat(first.isOnHost()).isFalse();
    CompletableFuture<Thread.State> settling = new CompletableFuture<>();
    Value lastToBeReleased =
        new NumberInMaking() {
          @Override
          public void release() {
            Thread thread = new Thread(memory::settle);
            thread.start();
            settling.complete(stateOnceStill(thread));
          }
        };
    ListValue list = new ListValue(List.of(), List.of(first, lastToBeReleased));
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.readGate = gate;
    memory.readAhead(list);
    gate.awaitArrival();
    list.release();
    gate.open();
    assertThat(settling.get(10, TimeUnit.MINUTES)).isEqualTo(Thread.State.WAITING);
  }

  /** Of a thread that ends or waits. */
  private static Thread.State stateOnceStill(Thread thread) {
    while (true) {
      Thread.State state = thread.getState();
      if (state == Thread.State.WAITING || state == Thread.State.TERMINATED) {
        return state;
      }
      Thread.onSpinWait();
    }
  }

  /** Everything at once: making, reading, writing in place, ahead and back, dying. */
  @RepeatedTest(300)
  void manyThreadsFindTheirValues() {
    long seed = ThreadLocalRandom.current().nextLong();
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      int worker = w;
      workers.add(CompletableFuture.runAsync(() -> work(new Random(seed + worker))));
    }
    Assertions.assertTimeoutPreemptively(
        LIMIT, () -> workers.forEach(CompletableFuture::join), () -> "seed " + seed);
    assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
  }

  private void work(Random random) {
    ManagedMatrix[] mine = new ManagedMatrix[10];
    double[] expected = new double[mine.length];
    for (int step = 0; step < 60; step++) {
      int at = random.nextInt(mine.length);
      ManagedMatrix matrix = mine[at];
      if (matrix == null) {
        expected[at] = random.nextInt();
        mine[at] = memory.run(() -> made(expected[at]));
      } else if (random.nextInt(6) == 0) {
        matrix.release();
        mine[at] = null;
      } else if (random.nextInt(4) == 0) {
        expected[at] = random.nextInt();
        memory.run(() -> {
          matrix.pinWritable(memory).set(99, 99, expected[at]);
          matrix.unpin();
          return null;
        });
      } else {
        memory.readAhead(matrix);
        assertThat(read(matrix)).isEqualTo(expected[at]);
      }
    }
    for (ManagedMatrix matrix : mine) {
      if (matrix != null) {
        matrix.release();
      }
    }
  }

  private ManagedMatrix made(double value) {
    DenseMatrix cells = DenseMatrix.allocate(memory, 100, 100);
    cells.set(99, 99, value);
    return ManagedMatrix.adopt(cells);
  }
}
