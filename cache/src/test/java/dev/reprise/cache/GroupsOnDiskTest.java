package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.CacheEvents.Eviction;
import dev.reprise.lineage.Key;
import dev.reprise.memory.DiskTier;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values of one call move to disk when the call costs more than moving all of them. */
class GroupsOnDiskTest {
  private static final long SIZE = 100 * 100 * 8;

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
  private final double movingNanos = disk.writeNanos(SIZE) + disk.readNanos(SIZE);

  GroupsOnDiskTest() {
    memory.reclaimWith(cache);
    disk.makeRoomWith(cache::reclaimDisk);
  }

  @AfterEach
  void nothingStaysAnywhere() {
    cache.close();
    assertThat(memory.liveBuffers()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    memory.close();
    disk.close();
  }

  private Key keep(int key) {
    ManagedMatrix value = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 100, 100));
    cache.putForGroup(new Key(1, key), value, Long.MAX_VALUE, 1);
    value.release();
    return new Key(1, key);
  }

  private void call(int call, double costNanos, Key... values) {
    cache.group(new Key(2, call), List.of(values), (long) costNanos, null);
  }

  private void fillMemory() {
    memory.allocate(2 * SIZE).release();
  }

  @Test
  void aCallThatCostsMoreThanMovingAllItsValuesGoesToDisk() {
    call(1, 2.5 * movingNanos, keep(1), keep(2));
    fillMemory();
    assertThat(cache.statistics().diskEntries()).isEqualTo(2);
    assertThat(cache.statistics().groups()).isOne();
    assertThat(cache.statistics().evictions()).isZero();
  }

  @Test
  void aCallThatCostsMoreThanOneOfThemOnlyIsDropped() {
    call(1, 1.5 * movingNanos, keep(1), keep(2));
    memory.allocate(SIZE).release();
    assertThat(cache.statistics().diskEntries()).isZero();
    assertThat(cache.statistics().entries()).isZero();
    assertThat(cache.statistics().evictionsByReason())
        .containsEntry(Eviction.MEMORY_PRESSURE, 1L)
        .containsEntry(Eviction.GROUP_BROKEN, 1L);
  }

  @Test
  void aValueOnDiskGoesWithTheOneInMemoryThatIsDropped() {
    call(1, 2.5 * movingNanos, keep(1), keep(2));
    memory.allocate(SIZE).release();
    assertThat(cache.statistics().diskEntries()).isOne();
    // The writes fail from now on, so the other value cannot follow.
    store.failWrites = true;
    fillMemory();
    assertThat(cache.statistics().diskEntries()).isZero();
    assertThat(cache.statistics().entries()).isZero();
    assertThat(cache.statistics().groupsBroken()).isOne();
    assertThat(disk.statistics().bytes()).isZero();
  }

  @Test
  void whenTheDiskIsFullCallsLeaveItAsAWhole() {
    call(1, 3 * movingNanos, keep(1), keep(2));
    call(2, 9 * movingNanos, keep(3), keep(4));
    fillMemory();
    // Room for three: the cheaper call loses one value, and with it the other.
    assertThat(cache.statistics().diskEntries()).isEqualTo(2);
    assertThat(cache.contains(new Key(1, 3))).isTrue();
    assertThat(cache.contains(new Key(1, 4))).isTrue();
    assertThat(cache.statistics().evictionsByReason())
        .containsEntry(Eviction.DISK_BUDGET, 1L)
        .containsEntry(Eviction.GROUP_BROKEN, 1L);
  }
}
