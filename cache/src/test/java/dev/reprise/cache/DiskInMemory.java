package dev.reprise.cache;

import dev.reprise.memory.SpillStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that fails, damages and waits as a test tells it. */
final class DiskInMemory implements SpillStore {
  private final Map<Long, byte[]> copies = new ConcurrentHashMap<>();
  final AtomicInteger reads = new AtomicInteger();
  volatile boolean failWrites;

  /** Whether parts of it can be memory. */
  volatile boolean maps;

  /** Thrown by every write when set: worse than a disk that refuses. */
  volatile Error breakWrites;

  /** Every so many reads one is damaged; 0 for none. */
  volatile int damageEvery;

  /** Where I/O waits when set; both latches in turn. */
  volatile CountDownLatch arrived;

  volatile CountDownLatch leave;

  void stopAtTheNextMove() {
    leave = new CountDownLatch(1);
    arrived = new CountDownLatch(1);
  }

  private void pass() {
    CountDownLatch here = arrived;
    if (here != null) {
      here.countDown();
      try {
        leave.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("an I/O thread was interrupted", e);
      }
    }
  }

  @Override
  public void write(long position, MemorySegment bytes) throws IOException {
    pass();
    if (breakWrites != null) {
      throw breakWrites;
    }
    if (failWrites) {
      throw new IOException("No space left on device");
    }
    copies.put(position, bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public void read(long position, MemorySegment into) {
    int number = reads.incrementAndGet();
    pass();
    byte[] copy = copies.get(position);
    MemorySegment.copy(copy, 0, into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
    if (damageEvery > 0 && number % damageEvery == 0) {
      into.set(ValueLayout.JAVA_BYTE, 5, (byte) (into.get(ValueLayout.JAVA_BYTE, 5) ^ 1));
    }
  }

  @Override
  public MemorySegment map(long bytes, Arena arena) {
    return maps ? arena.allocate(bytes, 64) : null;
  }

  @Override
  public long usableBytes() {
    return 1L << 30;
  }

  @Override
  public void close() {}
}
