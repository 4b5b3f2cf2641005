package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Buffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ChunksTest {
  private static final long MIB = 1 << 20;
  private static final long BUDGET = 256 * MIB;

  @Test
  void middleBuffersAreCutOutOfOneChunkAndAligned() {
    try (HostMemory memory = new HostMemory(BUDGET)) {
      List<Buffer> buffers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        buffers.add(memory.allocate(100_000));
      }
      assertThat(memory.mappedBytes()).isEqualTo(Chunks.SMALLEST_CHUNK);
      assertThat(memory.usedBytes()).isEqualTo(20 * 100_032);
      assertThat(buffers).allSatisfy(b -> assertThat(b.segment().address() % 64).isZero());
      assertDisjoint(buffers);
      buffers.forEach(Buffer::release);
      assertThat(memory.usedBytes()).isZero();
    }
  }

  @Test
  void aBufferIsRecycledByTheNextOfItsSize() {
    try (HostMemory memory = new HostMemory(BUDGET)) {
      Buffer first = memory.allocate(96_000);
      long address = first.segment().address();
      first.release();
      Buffer second = memory.allocate(96_000);
      assertThat(second.segment().address()).isEqualTo(address);
      second.release();
    }
  }

  @Test
  void rangesThatBecomeFreeJoinAndServeOtherSizes() {
    Chunks chunks = new Chunks();
    NativeMemory.Region region = NativeMemory.inArena(2 * MIB);
    try (HostMemory memory = new HostMemory(BUDGET)) {
      List<HostBuffer> small = new ArrayList<>();
      small.add(HostBuffer.cut(memory, chunks.add(region, MIB / 4), MIB / 4));
      for (int i = 1; i < 8; i++) {
        small.add(HostBuffer.cut(memory, chunks.take(MIB / 4), MIB / 4));
      }
      assertThat(chunks.take(64)).isNull();
      // Every second one: four holes, none of them larger than one buffer.
      for (int i = 0; i < 8; i += 2) {
        chunks.giveBack(small.get(i));
      }
      assertThat(chunks.freeBytes()).isEqualTo(MIB);
      assertThat(chunks.take(MIB / 4 + 64)).isNull();
      assertThat(chunks.takeUnused()).isEmpty();
      // The one between two holes makes one hole of three.
      chunks.giveBack(small.get(1));
      HostBuffer joined = HostBuffer.cut(memory, chunks.take(3 * MIB / 4), 3 * MIB / 4);
      assertThat(joined.segment().address()).isEqualTo(small.get(0).segment().address());
      chunks.giveBack(joined);
      for (int i = 3; i < 8; i += 2) {
        chunks.giveBack(small.get(i));
      }
      assertThat(chunks.freeBytes()).isEqualTo(2 * MIB);
      assertThat(chunks.takeUnused()).containsExactly(region);
      assertThat(chunks.chunkBytes()).isZero();
      assertThat(chunks.freeBytes()).isZero();
    } finally {
      region.free();
    }
  }

  @Test
  void randomHistoriesNeverOverlapAndLeaveWholeChunks() {
    for (int seed = 1; seed <= 30; seed++) {
      Random random = new Random(seed);
      HostMemory memory = new HostMemory(BUDGET);
      List<Buffer> live = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        if (live.isEmpty() || random.nextInt(5) < 3) {
          Buffer buffer = memory.allocate(32_769 + random.nextInt(400_000));
          stamp(buffer, i);
          live.add(buffer);
        } else {
          live.remove(random.nextInt(live.size())).release();
        }
      }
      assertDisjoint(live);
      assertThat(memory.liveBuffers()).describedAs("seed %s", seed).isEqualTo(live.size());
      assertThat(memory.usedBytes()).isLessThanOrEqualTo(memory.mappedBytes());
      live.forEach(Buffer::release);
      assertThat(memory.usedBytes()).isZero();
      memory.close();
      assertThat(memory.mappedBytes()).describedAs("seed %s", seed).isZero();
    }
  }

  @Test
  void chunksReturnToTheSystemWhenSomethingLargeNeedsTheBudget() {
    try (HostMemory memory = new HostMemory(64 * MIB)) {
      List<Buffer> middle = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        middle.add(memory.allocate(100_000));
      }
      middle.forEach(Buffer::release);
      assertThat(memory.mappedBytes()).isGreaterThan(14 * MIB);
      Buffer large = memory.allocate(63 * MIB);
      assertThat(memory.mappedBytes()).isEqualTo(63 * MIB);
      large.release();
    }
  }

  @Test
  void whatLiesIdleBetweenBuffersIsAtMostAQuarterOfTheBudget() {
    try (HostMemory memory = new HostMemory(64 * MIB)) {
      List<Buffer> kept = new ArrayList<>();
      List<Buffer> others = new ArrayList<>();
      // Fills the budget, then leaves one buffer of eight: the worst for whole chunks.
      for (int i = 0; i < 600; i++) {
        (i % 8 == 0 ? kept : others).add(memory.allocate(100_000));
      }
      others.forEach(Buffer::release);
      Buffer large = memory.allocate(50 * MIB);
      assertThat(memory.mappedBytes()).isLessThanOrEqualTo((64 + 16) * MIB);
      large.release();
      kept.forEach(Buffer::release);
      assertThat(memory.usedBytes()).isZero();
    }
  }

  @Test
  void aSmallBudgetHasNoChunks() {
    try (HostMemory memory = new HostMemory(4 * MIB)) {
      Buffer buffer = memory.allocate(100_000);
      assertThat(memory.mappedBytes()).isEqualTo(100_032);
      buffer.release();
    }
  }

  @Test
  void threadsThatExchangeMiddleBuffersNeverSeeEachOthersCells() throws Exception {
    HostMemory memory = new HostMemory(BUDGET);
    ConcurrentLinkedQueue<Buffer> handedOver = new ConcurrentLinkedQueue<>();
    List<Throwable> errors = new java.util.concurrent.CopyOnWriteArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int seed = t;
      Thread thread =
          new Thread(() -> {
            try {
              start.await();
              Random random = new Random(seed);
              for (int i = 0; i < 3000; i++) {
                Buffer buffer = memory.allocate(33_000 + random.nextInt(200_000));
                stamp(buffer, seed * 10_000 + i);
                handedOver.add(buffer);
                Buffer other = random.nextInt(20) == 0 ? null : handedOver.poll();
                if (other != null) {
                  assertStamped(other);
                  other.release();
                }
              }
            } catch (Throwable e) {
              errors.add(e);
            }
          });
      threads.add(thread);
      thread.start();
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(errors).isEmpty();
    handedOver.forEach(Buffer::release);
    assertThat(memory.liveBuffers()).isZero();
    assertThat(memory.usedBytes()).isZero();
    memory.close();
    assertThat(memory.mappedBytes()).isZero();
  }

  /** The same number at both ends. */
  private static void stamp(Buffer buffer, long number) {
    MemorySegment segment = buffer.segment();
    segment.set(ValueLayout.JAVA_LONG, 0, number);
    segment.set(ValueLayout.JAVA_LONG, segment.byteSize() - 8, number);
  }

  private static void assertStamped(Buffer buffer) {
    MemorySegment segment = buffer.segment();
    assertThat(segment.get(ValueLayout.JAVA_LONG, segment.byteSize() - 8))
        .isEqualTo(segment.get(ValueLayout.JAVA_LONG, 0));
  }

  private static void assertDisjoint(List<Buffer> buffers) {
    List<MemorySegment> sorted =
        buffers.stream()
            .map(Buffer::segment)
            .sorted(Comparator.comparingLong(MemorySegment::address))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      MemorySegment before = sorted.get(i - 1);
      assertThat(before.address() + before.byteSize()).isLessThanOrEqualTo(sorted.get(i).address());
    }
  }
}
