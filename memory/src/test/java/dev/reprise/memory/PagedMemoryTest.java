package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that the budget has no room for as wholes, and operations that it has none for. */
@Timeout(600)
class PagedMemoryTest {
  private static final long SIZE = 100 * 100 * 8;

  @TempDir private Path folder;
  private final DiskTier disk = new DiskTier(64 * SIZE, () -> SpillFile.create(folder));
  private final HostMemory memory = new HostMemory(4 * SIZE, disk);

  @AfterEach
  void nothingStaysAnywhere() {
    assertThat(memory.liveBuffers()).isZero();
    assertThat(memory.usedBytes()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    assertThat(memory.residents().count()).isZero();
    memory.close();
    disk.close();
  }

  private ManagedMatrix make(int rows, double value) {
    DenseMatrix cells = DenseMatrix.allocate(memory, rows, 100);
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < 100; col++) {
        cells.set(row, col, value + row);
      }
    }
    return ManagedMatrix.adopt(cells);
  }

  private static void check(ManagedMatrix matrix, double value) {
    DenseMatrix cells = (DenseMatrix) matrix.pinWhenThereIsRoom();
    try {
      for (long row = 0; row < cells.rows(); row++) {
        for (long col = 0; col < 100; col++) {
          assertThat(cells.get(row, col)).isEqualTo(value + row);
        }
      }
    } finally {
      matrix.unpin();
    }
  }

  @Test
  void aValueLargerThanTheBudgetLiesOnTheDiskAndIsReadThere() {
    ManagedMatrix large = make(500, 1);
    assertThat(Residence.isPaged(large)).isTrue();
    assertThat(Residence.isMobile(large)).isFalse();
    assertThat(memory.usedBytes()).isZero();
    assertThat(memory.liveBuffers()).isEqualTo(1);
    assertThat(disk.statistics().bytes()).isEqualTo(Extents.roundUp(5 * SIZE));
    assertThat(disk.statistics().pages()).isEqualTo(1);
    assertThat(disk.statistics().pagedBytes()).isEqualTo(5 * SIZE);
    check(large, 1);
    large.pinWritable(memory).set(499, 99, -1);
    assertThat(((DenseMatrix) large.pinHost()).get(499, 99)).isEqualTo(-1);
    large.unpin();
    large.unpin();
    large.release();
  }

  @Test
  void whatFitsIsNoneOfThese() {
    ManagedMatrix fitting = make(400, 1);
    assertThat(Residence.isPaged(fitting)).isFalse();
    assertThat(disk.statistics().pages()).isZero();
    fitting.release();
  }

  @Test
  void aValueThatNeitherPlaceHasRoomForIsAClearError() {
    assertThatThrownBy(() -> memory.allocate(65 * SIZE))
        .isInstanceOf(ShortageException.class)
        .hasMessageContaining("asked for 5.0 MiB")
        .hasMessageContaining("the budget is 312.5 KiB, on disk 0 B of 4.9 MiB; raise");
    assertThat(ShortageException.mayPass(failureOf(() -> memory.allocate(65 * SIZE)))).isFalse();
  }

  private static Throwable failureOf(Runnable action) {
    try {
      action.run();
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  @Test
  void anOperationWhoseValuesDoNotFitTogetherTakesTheRestFromTheDisk() {
    List<ManagedMatrix> operands = List.of(make(300, 1), make(300, 2), make(300, 3));
    double sum =
        memory.run(() -> {
          double found = 0;
          List<ManagedMatrix> pinned = new ArrayList<>();
          try {
            for (ManagedMatrix operand : operands) {
              found += ((DenseMatrix) operand.pinHost()).get(299, 99);
              pinned.add(operand);
            }
            return found;
          } finally {
            pinned.forEach(ManagedMatrix::unpin);
          }
        });
    assertThat(sum).isEqualTo(1 + 2 + 3 + 3 * 299);
    // The first is in memory, the others do not fit beside it.
    assertThat(disk.statistics().pages()).isEqualTo(2);
    assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
    for (int i = 0; i < 3; i++) {
      assertThat(Residence.isMobile(operands.get(i))).isTrue();
      check(operands.get(i), i + 1);
      operands.get(i).release();
    }
  }

  @Test
  void outsideOfAnOperationThatIsShortAloneNothingOfTheKindHappens() {
    ManagedMatrix first = make(300, 1);
    ManagedMatrix second = make(300, 2);
    first.pinHost();
    assertThatThrownBy(second::pinHost).isInstanceOf(ShortageException.class);
    assertThatThrownBy(() -> memory.allocate(300 * 800)).isInstanceOf(ShortageException.class);
    assertThat(disk.statistics().pages()).isZero();
    first.unpin();
    first.release();
    second.release();
  }

  /** Whatever is made memory, what lies beside it on the disk stays as it was written. */
  @Test
  void mappedAndMovedValuesDoNotTouchEachOther() {
    Random random = new Random(7);
    List<ManagedMatrix> live = new ArrayList<>();
    List<Integer> values = new ArrayList<>();
    for (int step = 0; step < 600; step++) {
      int at = random.nextInt(live.size() + 1);
      if (at == live.size() && live.size() < 12) {
        // Rows of 800 bytes: hardly any ends with a page.
        live.add(make(random.nextInt(50, 480), step));
        values.add(step);
      } else if (at < live.size() && random.nextBoolean()) {
        check(live.get(at), values.get(at));
      } else if (at < live.size()) {
        live.remove(at).release();
        values.remove(at);
      }
    }
    assertThat(disk.statistics().pages()).isGreaterThan(20);
    assertThat(disk.statistics().restores()).isGreaterThan(20);
    live.forEach(ManagedMatrix::release);
  }

  @Test
  void threadsThatAreShortTogetherLoseNothing() throws Exception {
    ManagedMatrix[] shared = {make(300, 1), make(350, 2), make(450, 3)};
    List<Callable<Void>> work = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      Random random = new Random(thread);
      work.add(() -> {
        for (int round = 0; round < 30; round++) {
          int which = random.nextInt(3);
          ManagedMatrix copy = copy(shared[which], shared[random.nextInt(3)]);
          check(copy, which + 1);
          copy.release();
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Void> each : threads.invokeAll(work)) {
        each.get();
      }
    }
    assertThat(disk.statistics().pages()).isPositive();
    assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
    for (ManagedMatrix matrix : shared) {
      matrix.release();
    }
  }

  /** An operation with two operands of which the second is only held. */
  private ManagedMatrix copy(ManagedMatrix matrix, ManagedMatrix held) {
    return memory.run(() -> {
      held.pinHost();
      try {
        DenseMatrix cells = (DenseMatrix) matrix.pinHost();
        try {
          return ManagedMatrix.adopt(cells.copyDense(memory));
        } finally {
          matrix.unpin();
        }
      } finally {
        held.unpin();
      }
    });
  }

  /** The next one of its size has the file of the last; a copy that needs the room gets it. */
  @Test
  void filesAreUsedAgainAndGivenUpWhenTheDiskIsShort() {
    disk.makeRoomWith(memory::dropSpareDiskCopies);
    for (int i = 0; i < 5; i++) {
      Buffer buffer = memory.allocate(40 * SIZE);
      assertThat(disk.statistics().bytes()).isEqualTo(Extents.roundUp(40 * SIZE));
      buffer.release();
      assertThat(disk.statistics().bytes()).isZero();
    }
    List<ManagedMatrix> copies = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      copies.add(make(100, i));
    }
    assertThat(disk.statistics().spills()).isGreaterThanOrEqualTo(36);
    for (int i = 0; i < 40; i++) {
      check(copies.get(i), i);
      copies.get(i).release();
    }
    memory.allocate(60 * SIZE).release();
    assertThat(disk.statistics().refused()).isZero();
  }

  /** Holes that copies left are room for it, though no hole is as large. */
  @Test
  void itNeedsNoHoleOfItsSize() {
    List<ManagedMatrix> copies = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      copies.add(make(100, i));
    }
    for (int i = 0; i < 60; i += 2) {
      copies.get(i).release();
    }
    memory.allocate(30 * SIZE).release();
    for (int i = 1; i < 60; i += 2) {
      check(copies.get(i), i);
      copies.get(i).release();
    }
  }

  /** Large buffers are charged in units of 64 bytes. */
  @Test
  void whatFitsButForItsLastBytesIsNotRefused() {
    try (DiskTier tier = new DiskTier(64 * SIZE, () -> SpillFile.create(folder));
        HostMemory odd = new HostMemory(4 * SIZE - 5, tier)) {
      Buffer buffer = odd.allocate(4 * SIZE - 8);
      assertThat(tier.statistics().pages()).isEqualTo(1);
      buffer.release();
    }
  }

  @Test
  void aThreadThatIsInterruptedEndsAtOnceAndTakesNothing() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> memory.allocate(5 * SIZE)).isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    memory.allocate(5 * SIZE).release();
  }

  /** What it wrote until then is gone with its file, so that others still find room. */
  @Test
  void aDiskThatRefusesALargeFileStillTakesCopies() {
    AtomicBoolean refuses = new AtomicBoolean(true);
    try (DiskTier tier =
            new DiskTier(64 * SIZE, () -> refusing(SpillFile.create(folder), refuses));
        HostMemory small = new HostMemory(4 * SIZE, tier)) {
      assertThatThrownBy(() -> small.allocate(5 * SIZE)).isInstanceOf(ShortageException.class);
      assertThat(tier.statistics().bytes()).isZero();
      refuses.set(false);
      small.allocate(5 * SIZE).release();
    }
  }

  private static SpillStore refusing(SpillStore store, AtomicBoolean refuses) {
    return new UnlinkedStore() {
      @Override
      public MemorySegment map(long bytes, Arena arena) throws IOException {
        if (refuses.get()) {
          throw new IOException("No space left on device");
        }
        return store.map(bytes, arena);
      }

      @Override
      public void close() {
        try {
          store.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  @Test
  void aDiskThatFailsMeanwhileIsToldInTheError() {
    SpillStore failing =
        new UnlinkedStore() {
          @Override
          public MemorySegment map(long bytes, Arena arena) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    refuses(failing, 1, "(it failed to take more)");
  }

  @Test
  void aStoreThatCannotBeMemoryHelpsNobody() {
    refuses(new UnlinkedStore(), 0, "on disk 0 B of 4.9 MiB");
  }

  private static void refuses(SpillStore store, int errors, String message) {
    try (DiskTier tier = new DiskTier(64 * SIZE, () -> store);
        HostMemory small = new HostMemory(4 * SIZE, tier)) {
      assertThatThrownBy(() -> small.allocate(5 * SIZE))
          .isInstanceOf(ShortageException.class)
          .hasMessageContaining(message);
      assertThat(tier.statistics().bytes()).isZero();
      assertThat(tier.statistics().writeErrors()).isEqualTo(errors);
      assertThat(tier.statistics().pages()).isZero();
    }
  }

  /** Takes what it is given and has nothing to map. */
  private static class UnlinkedStore implements SpillStore {
    @Override
    public void write(long position, MemorySegment bytes) {}

    @Override
    public void read(long position, MemorySegment into) {}

    @Override
    public long usableBytes() {
      return 1 << 30;
    }

    @Override
    public void close() {}
  }

  @Test
  void aBufferMayBeReleasedAfterTheEnd() {
    try (DiskTier tier = new DiskTier(64 * SIZE, () -> SpillFile.create(folder))) {
      Buffer late;
      try (HostMemory small = new HostMemory(4 * SIZE, tier)) {
        late = small.allocate(5 * SIZE);
        late.segment().set(ValueLayout.JAVA_BYTE, 5 * SIZE - 1, (byte) 1);
      }
      assertThat(late.segment().get(ValueLayout.JAVA_BYTE, 5 * SIZE - 1)).isEqualTo((byte) 1);
      late.release();
      assertThat(tier.statistics().bytes()).isZero();
    }
  }
}
