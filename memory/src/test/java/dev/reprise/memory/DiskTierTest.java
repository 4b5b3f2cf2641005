package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiskTierTest {
  private final StoreInMemory store = new StoreInMemory();
  private final Arena arena = Arena.ofShared();
  private DiskTier disk = new DiskTier(1 << 20, store::open);

  @AfterEach
  void close() {
    disk.close();
    arena.close();
  }

  private MemorySegment cells(long bytes, int seed) {
    MemorySegment cells = arena.allocate(bytes);
    Random random = new Random(seed);
    for (long i = 0; i < bytes; i++) {
      cells.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    return cells;
  }

  private DiskCopy write(MemorySegment cells) {
    return DiskTier.join(disk.onWriter(() -> disk.write(cells)));
  }

  @Test
  void whatWasWrittenComesBack() {
    MemorySegment cells = cells(100_001, 1);
    DiskCopy copy = write(cells);
    MemorySegment back = arena.allocate(100_001);
    disk.read(copy, back);
    assertThat(back.mismatch(cells)).isEqualTo(-1);
    DiskStatistics statistics = disk.statistics();
    assertThat(statistics.spills()).isOne();
    assertThat(statistics.spilledBytes()).isEqualTo(100_001);
    assertThat(statistics.restores()).isOne();
    assertThat(statistics.bytes()).isEqualTo(102_400);
    disk.free(copy);
    assertThat(disk.statistics().bytes()).isZero();
  }

  @Test
  void nothingIsOpenedBeforeTheFirstSpill() {
    assertThat(disk.mayTake(1000)).isTrue();
    assertThat(store.opened).hasValue(0);
    write(cells(1, 1));
    write(cells(1, 2));
    assertThat(store.opened).hasValue(1);
    disk.close();
    assertThat(store.closed).hasValue(1);
  }

  @Test
  void whoNeedsRoomIsToldThatTheDiskIsFull() {
    store.full = true;
    disk = new DiskTier(-1, store::open);
    assertThat(disk.whyItDoesNotHelp()).isEmpty();
    assertThat(write(cells(1, 1))).isNull();
    assertThat(disk.whyItDoesNotHelp()).isEqualTo(" and the disk is full (see --spill-folder)");
  }

  @Test
  void aFlippedBitIsFound() {
    DiskCopy copy = write(cells(50_000, 1));
    store.flipBits();
    assertThatThrownBy(() -> disk.read(copy, arena.allocate(50_000)))
        .isInstanceOf(DamagedCopyException.class)
        .hasMessageContaining("checksum")
        .hasMessageContaining("--memory disk=0");
    assertThat(disk.statistics().damaged()).isOne();
  }

  @Test
  void aShortReadAndAnErrorOfTheDiskAreFound() {
    DiskCopy copy = write(cells(50_000, 1));
    store.shorten();
    assertThatThrownBy(() -> disk.read(copy, arena.allocate(50_000)))
        .isInstanceOf(DamagedCopyException.class)
        .hasMessageContaining("ends early");
    store.failReads = true;
    assertThatThrownBy(() -> disk.read(copy, arena.allocate(50_000)))
        .isInstanceOf(DamagedCopyException.class)
        .hasMessageContaining("Input/output error");
  }

  @Test
  void theBudgetHoldsAndFreedRoomIsUsedAgain() {
    List<DiskCopy> copies = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      copies.add(write(cells(256 * 1024, i)));
    }
    assertThat(write(cells(1, 9))).isNull();
    assertThat(disk.statistics().refused()).isOne();
    assertThat(disk.hasRoomFor(1)).isFalse();
    disk.free(copies.get(1));
    disk.free(copies.get(2));
    DiskCopy large = write(cells(512 * 1024, 7));
    assertThat(large.position()).isEqualTo(copies.get(1).position());
    assertThat(disk.statistics().bytes()).isEqualTo(1 << 20);
    assertThat(disk.mayTake((1 << 20) + 1)).isFalse();
  }

  @Test
  void whoCanMakeRoomIsAskedFirst() {
    DiskCopy first = write(cells(1 << 20, 1));
    disk.makeRoomWith(bytes -> {
      disk.free(first);
      return true;
    });
    assertThat(write(cells(1000, 2))).isNotNull();
    assertThat(disk.statistics().refused()).isZero();
  }

  @Test
  void aFailedWriteMakesTheDiskCountAsFull() {
    DiskCopy kept = write(cells(10_000, 1));
    store.failWrites = true;
    assertThat(write(cells(10_000, 2))).isNull();
    assertThat(disk.statistics().writeErrors()).isOne();
    assertThat(disk.hasRoomFor(1)).isFalse();
    store.failWrites = false;
    assertThat(write(cells(10_000, 3))).isNull();
    MemorySegment back = arena.allocate(10_000);
    disk.read(kept, back);
    disk.free(kept);
    assertThat(write(cells(10_000, 4))).isNotNull();
  }

  @Test
  void aDiskThatCannotBeOpenedTakesNothing() {
    store.failToOpen = true;
    assertThat(write(cells(10, 1))).isNull();
    assertThat(write(cells(10, 1))).isNull();
    assertThat(store.opened).hasValue(1);
    assertThat(disk.mayTake(10)).isFalse();
  }

  @Test
  void bandwidthsFollowMeasurements() {
    long[] now = {0};
    disk.close();
    disk = new DiskTier(-1, store::open, () -> now[0] += 1_000_000_000);
    double before = disk.writeNanos(1 << 20);
    for (int i = 0; i < 50; i++) {
      disk.free(write(cells(1 << 20, i)));
    }
    // A MiB now takes a second to write; reading has not been measured.
    assertThat(disk.writeNanos(1 << 20)).isGreaterThan(10 * before);
    assertThat(disk.statistics().writeBytesPerSecond()).isBetween(1e6, 4e6);
  }

  @Test
  void aDiskThatStoodStillOnceIsNotTakenForASlowOne() {
    long[] now = {0};
    disk.close();
    disk = new DiskTier(-1, store::open, () -> now[0] += 10_000_000_000L);
    double before = disk.writeNanos(8 << 20);
    disk.free(write(cells(8 << 20, 1)));
    assertThat(disk.writeNanos(8 << 20)).isBetween(2 * before, 4 * before);
  }

  @Test
  void randomTakingAndGivingBackNeverOverlaps() {
    Random random = new Random(11);
    Extents extents = new Extents();
    List<long[]> taken = new ArrayList<>();
    long limit = 1 << 20;
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(3) > 0) {
        long bytes = 1 + random.nextInt(60_000);
        long position = extents.take(bytes, limit);
        if (position >= 0) {
          long end = position + Extents.roundUp(bytes);
          assertThat(end).isLessThanOrEqualTo(limit);
          assertThat(taken).noneMatch(t -> t[0] < end && position < t[0] + Extents.roundUp(t[1]));
          taken.add(new long[] {position, bytes});
        }
      } else if (!taken.isEmpty()) {
        long[] gone = taken.remove(random.nextInt(taken.size()));
        extents.giveBack(gone[0], gone[1]);
      }
      assertThat(extents.used())
          .isEqualTo(taken.stream().mapToLong(t -> Extents.roundUp(t[1])).sum());
    }
    taken.forEach(t -> extents.giveBack(t[0], t[1]));
    assertThat(extents.take(limit, limit)).isZero();
  }
}
