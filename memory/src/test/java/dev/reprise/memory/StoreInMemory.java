package dev.reprise.memory;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk whose every fault a test can cause. */
final class StoreInMemory implements SpillStore {
  private final Map<Long, byte[]> copies = new ConcurrentHashMap<>();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger writes = new AtomicInteger();
  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  volatile boolean failWrites;
  volatile boolean failReads;
  volatile boolean failToOpen;
  volatile boolean full;

  /** When set, a read or write tells that it has begun and waits for leave to go on. */
  volatile Gate writeGate;

  volatile Gate readGate;

  /** Where a thread stops until a test lets it go on. */
  static final class Gate {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    void pass() {
      arrived.countDown();
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("an I/O thread was interrupted", e);
      }
    }

    void awaitArrival() throws InterruptedException {
      arrived.await();
    }

    void open() {
      opened.countDown();
    }
  }

  SpillStore open() throws IOException {
    opened.incrementAndGet();
    if (failToOpen) {
      throw new IOException("no such folder");
    }
    return this;
  }

  @Override
  public void write(long position, MemorySegment bytes) throws IOException {
    writes.incrementAndGet();
    Gate gate = writeGate;
    if (gate != null) {
      gate.pass();
    }
    if (failWrites) {
      throw new IOException("No space left on device");
    }
    copies.put(position, bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public void read(long position, MemorySegment into) throws IOException {
    reads.incrementAndGet();
    Gate gate = readGate;
    if (gate != null) {
      gate.pass();
    }
    if (failReads) {
      throw new IOException("Input/output error");
    }
    byte[] copy = copies.get(position);
    if (copy == null || copy.length < into.byteSize()) {
      throw new EOFException("the file ends early");
    }
    MemorySegment.copy(copy, 0, into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
  }

  /** Flips one bit of every copy. */
  void flipBits() {
    copies.values().forEach(copy -> copy[copy.length / 2] ^= 4);
  }

  /** Cuts the last byte off every copy. */
  void shorten() {
    copies.replaceAll((position, copy) -> java.util.Arrays.copyOf(copy, copy.length - 1));
  }

  @Override
  public long usableBytes() {
    return full ? 0 : 100 << 20;
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }
}
