package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.ResourceException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  private static final long MIB = 1 << 20;

  @Test
  void sizeClassesCoverEverySmallSizeWithLittleWaste() {
    for (int bytes = 0; bytes <= SizeClasses.SMALL_LIMIT; bytes += bytes % 7 + 1) {
      int size = SizeClasses.bytes(SizeClasses.of(bytes));
      assertThat(size).isGreaterThanOrEqualTo(bytes).isLessThanOrEqualTo(bytes + bytes / 8 + 64);
      assertThat(SizeClasses.of(size)).isEqualTo(SizeClasses.of(bytes == 0 ? 1 : bytes));
    }
    assertThat(SizeClasses.of(SizeClasses.SMALL_LIMIT)).isEqualTo(SizeClasses.COUNT - 1);
  }

  @Test
  void buffersAreAlignedLargeEnoughAndDisjoint() {
    try (HostMemory memory = new HostMemory(64 * MIB)) {
      Random random = new Random(7);
      List<Buffer> buffers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        long bytes = i % 10 == 0 ? random.nextInt(200_000) : random.nextInt(3000);
        Buffer buffer = memory.allocate(bytes);
        assertThat(buffer.segment().address() % 64).isZero();
        assertThat(buffer.segment().byteSize()).isGreaterThanOrEqualTo(bytes);
        buffer.segment().fill((byte) i);
        buffers.add(buffer);
      }
      for (int i = 0; i < buffers.size(); i++) {
        var segment = buffers.get(i).segment();
        assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) i);
        assertThat(segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1)).isEqualTo((byte) i);
      }
      assertThat(memory.liveBuffers()).isEqualTo(500);
      buffers.forEach(Buffer::release);
      assertThat(memory.liveBuffers()).isZero();
      assertThat(memory.usedBytes()).isZero();
    }
  }

  @Test
  void aLargeBufferIsRecycledByTheNextOfTheSameSize() {
    try (HostMemory memory = new HostMemory(200 * MIB)) {
      Buffer first = memory.allocate(80_000_000);
      long address = first.segment().address();
      first.release();
      Buffer second = memory.allocate(80_000_000);
      assertThat(second.segment().address()).isEqualTo(address);
      assertThat(memory.mappedBytes()).isEqualTo(80_000_000);
      second.release();
    }
  }

  @Test
  void theBudgetIsExactForLargeBuffers() {
    try (HostMemory memory = new HostMemory(160_000_000)) {
      Buffer a = memory.allocate(80_000_000);
      Buffer b = memory.allocate(80_000_000);
      assertThatThrownBy(() -> memory.allocate(64))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("64 B")
          .hasMessageContaining("152.6 MiB")
          .hasMessageContaining("--memory host=");
      a.release();
      Buffer c = memory.allocate(64);
      assertThat(memory.usedBytes()).isEqualTo(80_000_064);
      b.release();
      c.release();
      assertThat(memory.usedBytes()).isZero();
      assertThat(memory.peakBytes()).isEqualTo(160_000_000);
    }
  }

  @Test
  void theBudgetIsExactForSmallBuffersOfManyThreads() throws Exception {
    int buffersThatFit = 1000;
    try (HostMemory memory = new HostMemory(buffersThatFit * 832L)) {
      AtomicInteger got = new AtomicInteger();
      inParallel(
          4,
          () -> {
            try {
              while (true) {
                memory.allocate(800);
                got.incrementAndGet();
              }
            } catch (ResourceException full) {
              // Expected: the budget is used up.
            }
          });
      assertThat(got).hasValue(buffersThatFit);
      assertThat(memory.usedBytes()).isEqualTo(memory.budgetBytes());
    }
  }

  @Test
  void freeMemoryIsGivenBackWhenOtherSizesNeedIt() {
    try (HostMemory memory = new HostMemory(100 * MIB)) {
      memory.allocate(60 * MIB).release();
      Buffer other = memory.allocate(90 * MIB);
      assertThat(memory.mappedBytes()).isEqualTo(90 * MIB);
      other.release();
      List<Buffer> small = new ArrayList<>();
      for (int i = 0; i < 80_000; i++) {
        small.add(memory.allocate(800));
      }
      assertThat(memory.mappedBytes()).isLessThanOrEqualTo(100 * MIB);
      small.forEach(Buffer::release);
      Buffer again = memory.allocate(95 * MIB);
      assertThat(memory.mappedBytes()).isLessThanOrEqualTo(100 * MIB);
      again.release();
    }
  }

  @Test
  void theReclaimerIsAskedForWhatIsMissing() {
    try (HostMemory memory = new HostMemory(1000 * 1024)) {
      Buffer cached = memory.allocate(600 * 1024);
      List<Long> asked = new ArrayList<>();
      memory.reclaimWith(bytes -> {
        asked.add(bytes);
        if (asked.size() > 1) {
          return 0;
        }
        cached.release();
        return 600 * 1024;
      });
      Buffer wanted = memory.allocate(700 * 1024);
      assertThat(asked).containsExactly(300L * 1024);
      wanted.release();
      assertThat(memory.usedBytes()).isZero();
    }
  }

  @Test
  void absurdSizesAreRefusedWithoutReclaiming() {
    try (HostMemory memory = new HostMemory(MIB)) {
      memory.reclaimWith(bytes -> {
        throw new AssertionError("nothing can help");
      });
      assertThatThrownBy(() -> memory.allocate(Long.MAX_VALUE))
          .isInstanceOf(ResourceException.class);
      assertThatThrownBy(() -> memory.allocate(800_000_000_000_000L))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("727.6 TiB");
    }
  }

  @Test
  void aBufferMayExceedTwoGibibytes() {
    long bytes = (1L << 31) + 4096;
    try (HostMemory memory = new HostMemory(4L << 30)) {
      Buffer buffer = memory.allocate(bytes);
      buffer.segment().set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 42);
      assertThat(buffer.segment().get(ValueLayout.JAVA_BYTE, bytes - 1)).isEqualTo((byte) 42);
      buffer.release();
    }
  }

  @Test
  void releasingTwiceIsAnError() {
    try (HostMemory memory = new HostMemory(MIB)) {
      Buffer buffer = memory.allocate(0);
      buffer.release();
      assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void buffersThatOutliveTheMemoryStayValidAndReturnOnRelease() {
    HostMemory memory = new HostMemory(8 * MIB);
    Buffer small = memory.allocate(800);
    Buffer big = memory.allocate(MIB);
    memory.close();
    small.segment().fill((byte) 1);
    big.segment().fill((byte) 1);
    small.release();
    big.release();
    assertThat(memory.mappedBytes()).isZero();
    assertThatThrownBy(() -> memory.allocate(8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void accountsBalanceAfterThreadsExchangedBuffers() throws Exception {
    try (HostMemory memory = new HostMemory(32 * MIB)) {
      var handedOver = new java.util.concurrent.ConcurrentLinkedQueue<Buffer>();
      AtomicInteger seeds = new AtomicInteger();
      inParallel(
          4,
          () -> {
            Random random = new Random(seeds.incrementAndGet());
            for (int i = 0; i < 20_000; i++) {
              Buffer buffer = memory.allocate(random.nextInt(i % 50 == 0 ? 100_000 : 2_000));
              buffer.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) i);
              handedOver.add(buffer);
              Buffer other = handedOver.poll();
              if (other != null) {
                other.release();
              }
            }
          });
      handedOver.forEach(Buffer::release);
      assertThat(memory.liveBuffers()).isZero();
      assertThat(memory.usedBytes()).isZero();
      assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.budgetBytes());
    }
  }

  private static void inParallel(int threads, Runnable body) throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    List<Throwable> errors = new java.util.concurrent.CopyOnWriteArrayList<>();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(() -> {
            try {
              start.await();
              body.run();
            } catch (Throwable e) {
              errors.add(e);
            }
          });
      thread.start();
      all.add(thread);
    }
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(errors).isEmpty();
  }
}
