package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ResourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Slabs that are split and joined, over a device that is numbers alone. */
class BufferPoolTest {
  private static final long MIB = 1 << 20;

  /** An address range of the device. */
  private record Memory(long address, long bytes) {}

  private static final class Buffer extends PooledBuffer {
    private final long address;

    Buffer(Pool pool, BufferPool.Place<Memory> place) {
      super(pool, place);
      address = place.memory().address() + place.offset();
      assertThat(place.offset() + place.bytes()).isLessThanOrEqualTo(place.memory().bytes());
      assertThat(place.isWhole()).isEqualTo(place.bytes() == place.memory().bytes());
    }
  }

  /** Counts what it maps, and checks that what goes back was its own. */
  private static final class Pool extends BufferPool<Buffer, Memory> {
    private final long size;
    private final Map<Long, Memory> mappedNow = new TreeMap<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong discarded = new AtomicLong();
    private long next = 4096;
    private long bytesNow;
    private volatile long failing = -1;
    private volatile boolean failsHard;

    Pool(long size) {
      super("fake:0", 256, size);
      this.size = size;
    }

    private boolean fails() {
      if (calls.incrementAndGet() != failing) {
        return false;
      }
      if (failsHard) {
        throw new IllegalStateException("ordered to fail");
      }
      return true;
    }

    @Override
    protected synchronized Memory map(long bytes) {
      if (fails() || bytesNow + bytes > size) {
        return null;
      }
      Memory memory = new Memory(next, bytes);
      next += bytes + 4096;
      bytesNow += bytes;
      mappedNow.put(memory.address(), memory);
      return memory;
    }

    @Override
    protected synchronized void unmap(Memory memory) {
      assertThat(mappedNow.remove(memory.address())).isEqualTo(memory);
      bytesNow -= memory.bytes();
    }

    @Override
    protected Buffer buffer(Place<Memory> place) {
      return fails() ? null : new Buffer(this, place);
    }

    @Override
    protected void discard(Buffer buffer) {
      discarded.incrementAndGet();
    }

    synchronized int slabs() {
      return mappedNow.size();
    }

    void assertBalanced() {
      assertThat(live()).isZero();
      assertThat(used()).isZero();
      trim();
      assertThat(mapped()).isZero();
      assertThat(slabs()).isZero();
    }
  }

  private static long size(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong(1, 4096);
      case 1 -> random.nextLong(1, 256 << 10);
      case 2 -> random.nextLong(1, 2 * MIB);
      default -> random.nextLong(1, 8 * MIB);
    };
  }

  private static void enter(TreeMap<Long, Buffer> held, Buffer buffer) {
    Map.Entry<Long, Buffer> before = held.floorEntry(buffer.address);
    Map.Entry<Long, Buffer> after = held.ceilingEntry(buffer.address);
    if (before != null) {
      assertThat(before.getKey() + before.getValue().bytes()).isLessThanOrEqualTo(buffer.address);
    }
    if (after != null) {
      assertThat(buffer.address + buffer.bytes()).isLessThanOrEqualTo(after.getKey());
    }
    held.put(buffer.address, buffer);
  }

  @RepeatedTest(20)
  void randomHistoriesNeverOverlapAndBalanceToZero() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    long limit = random.nextLong(8, 128) * MIB;
    Pool pool = new Pool(256 * MIB);
    pool.limit(limit);
    TreeMap<Long, Buffer> held = new TreeMap<>();
    long used = 0;
    for (int step = 0; step < 3_000; step++) {
      if (held.isEmpty() || random.nextInt(100) < 52) {
        long bytes = size(random);
        try {
          Buffer buffer = pool.allocate(bytes);
          assertThat(buffer.bytes()).as("seed %d", seed).isBetween(bytes, bytes + 255);
          enter(held, buffer);
          used += buffer.bytes();
        } catch (ResourceException e) {
          // Never for lack of a quarter of the limit.
          assertThat(used + bytes).as("seed %d", seed).isGreaterThan(limit / 4);
        }
      } else {
        Long key = held.ceilingKey(random.nextLong(held.firstKey(), held.lastKey() + 1));
        Buffer buffer = held.remove(key);
        used -= buffer.bytes();
        buffer.release();
      }
      assertThat(pool.used()).as("seed %d", seed).isEqualTo(used);
      assertThat(pool.live()).isEqualTo(held.size());
      assertThat(pool.mapped()).as("seed %d", seed).isLessThanOrEqualTo(limit + limit / 32);
    }
    held.values().forEach(Buffer::release);
    pool.assertBalanced();
    assertThat(pool.discarded.get()).isPositive();
  }

  /**
   * By size class alone, each of these sizes needs memory of its own: the device must be asked for
   * every one, and all that is free given back, with a wait for everything launched, again and
   * again. Here neither happens more than a few times.
   */
  @Test
  void sizesThatGrowAreServedFromTheSameMemory() {
    Pool pool = new Pool(64 * MIB);
    pool.limit(64 * MIB);
    List<Buffer> window = new ArrayList<>();
    int allocations = 0;
    for (double bytes = 100_000; bytes < 6 * MIB; bytes *= 1.01) {
      window.add(pool.allocate((long) bytes));
      allocations++;
      if (window.size() > 4) {
        window.removeFirst().release();
      }
    }
    assertThat(allocations).isGreaterThan(400);
    assertThat(pool.calls.get() - allocations).as("slabs that were mapped").isLessThan(30);
    window.forEach(Buffer::release);
    pool.assertBalanced();
  }

  @Test
  void mixedSizesInGrowingOrderFillTheBudget() {
    Pool pool = new Pool(64 * MIB);
    pool.limit(64 * MIB);
    List<Buffer> held = new ArrayList<>();
    // Many small ones first, of which every second stays: 8 MiB in 16 MiB of chunks.
    for (int i = 0; i < 2_000; i++) {
      held.add(pool.allocate(1_000 + i * 7L));
    }
    for (int i = held.size() - 1; i >= 0; i -= 2) {
      held.remove(i).release();
    }
    for (long bytes = MIB / 2; pool.used() + bytes < 52 * MIB; bytes += MIB / 3) {
      held.add(pool.allocate(bytes));
    }
    assertThat(pool.used()).isGreaterThan(46 * MIB);
    held.forEach(Buffer::release);

    // All that was cut up is whole again: most of the budget at once.
    Buffer large = pool.allocate(60 * MIB);
    large.release();
    pool.assertBalanced();
  }

  @Test
  void aSmallBufferThatStaysHoldsNoLargeSlab() {
    Pool pool = new Pool(64 * MIB);
    pool.limit(64 * MIB);
    List<Buffer> small = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Buffer large = pool.allocate(3 * MIB);
      small.add(pool.allocate(800));
      large.release();
    }

    Buffer whole = pool.allocate(63 * MIB);

    whole.release();
    small.forEach(Buffer::release);
    pool.assertBalanced();
  }

  @Test
  void whenTheDeviceIsShortUnusedSlabsGoBackToIt() {
    Pool pool = new Pool(16 * MIB);
    Buffer first = pool.allocate(10 * MIB);
    first.release();

    Buffer second = pool.allocate(12 * MIB);
    assertThat(pool.mapped()).isEqualTo(12 * MIB);
    assertThatThrownBy(() -> pool.allocate(8 * MIB))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("fake:0")
        .hasMessageContaining("8388608");

    second.release();
    pool.assertBalanced();
  }

  @Test
  void aBufferIsRecycledWhenAnyPartOfItWasInUse() {
    Pool pool = new Pool(64 * MIB);
    Buffer first = pool.allocate(100_000);
    Buffer second = pool.allocate(100_000);
    assertThat(first.isRecycled()).isFalse();
    assertThat(second.isRecycled()).isFalse();
    first.release();
    Buffer again = pool.allocate(50_000);
    assertThat(again.isRecycled()).isTrue();
    again.release();
    second.release();
    Buffer joined = pool.allocate(200_000);
    assertThat(joined.isRecycled()).isTrue();
    joined.release();
    assertThatThrownBy(joined::release).hasMessageContaining("released twice");
    pool.assertBalanced();
  }

  /** Each call of the device fails once, softly and hard, in the same history. */
  @Test
  void failuresAtEachCallLeaveThePoolWhole() {
    long calls = history(new Pool(24 * MIB));
    for (long failing = 1; failing <= calls; failing++) {
      for (boolean hard : new boolean[] {false, true}) {
        Pool pool = new Pool(24 * MIB);
        pool.failing = failing;
        pool.failsHard = hard;
        history(pool);
      }
    }
  }

  private static long history(Pool pool) {
    pool.limit(16 * MIB);
    SplittableRandom random = new SplittableRandom(5);
    TreeMap<Long, Buffer> held = new TreeMap<>();
    for (int step = 0; step < 60; step++) {
      try {
        enter(held, pool.allocate(size(random) / 2));
      } catch (ResourceException | IllegalStateException e) {
        assertThat(pool.live()).isEqualTo(held.size());
      }
      if (held.size() > 6) {
        held.pollFirstEntry().getValue().release();
      }
    }
    held.values().forEach(Buffer::release);
    long calls = pool.calls.get();
    pool.assertBalanced();
    return calls;
  }

  @RepeatedTest(10)
  void threadsAllocateReleaseAndTrimAtOnce() throws Exception {
    Pool pool = new Pool(64 * MIB);
    pool.limit(48 * MIB);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int seed = t;
        work.add(() -> {
          SplittableRandom random = new SplittableRandom(seed);
          List<Buffer> held = new ArrayList<>();
          for (int step = 0; step < 2_000; step++) {
            try {
              held.add(pool.allocate(size(random) / 4));
            } catch (ResourceException e) {
              pool.trim();
            }
            if (held.size() > 8) {
              held.remove(random.nextInt(held.size())).release();
            }
          }
          held.forEach(Buffer::release);
          return null;
        });
      }
      for (Future<Void> each : threads.invokeAll(work)) {
        each.get();
      }
    }
    pool.assertBalanced();
  }
}
