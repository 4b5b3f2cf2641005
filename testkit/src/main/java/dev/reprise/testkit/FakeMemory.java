package dev.reprise.testkit;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of a {@link FakeAccelerator}: a limit, and buffers that know whether they are alive
 * and which launch makes their cells. Thread-safe.
 */
final class FakeMemory {
  private final String owner;
  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong live = new AtomicLong();

  /** Launches that have ended, as far as somebody has waited for it. */
  private final AtomicLong reached = new AtomicLong();

  /**
   * @param owner named by messages
   * @param limit most bytes at a time
   */
  FakeMemory(String owner, long limit) {
    this.owner = owner;
    this.limit = limit;
  }

  private final class FakeBuffer implements DeviceBuffer {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private boolean free;

    /** Number of the launch that makes the cells; 0 for what was copied here. */
    private volatile long madeBy;

    FakeBuffer(long bytes) {
      segment = arena.allocate(Math.max(bytes, 1), 64);
    }

    @Override
    public long bytes() {
      return segment.byteSize();
    }

    @Override
    public synchronized void release() {
      if (free) {
        throw new IllegalStateException("device buffer released twice");
      }
      free = true;
      used.addAndGet(-segment.byteSize());
      live.decrementAndGet();
      arena.close();
    }

    synchronized MemorySegment alive() {
      if (free) {
        throw new IllegalStateException("a device buffer is used after its release");
      }
      return segment;
    }
  }

  /**
   * A buffer.
   *
   * @throws ResourceException beyond the limit
   */
  DeviceBuffer allocate(long bytes) {
    if (used.get() + bytes > limit) {
      throw shortage();
    }
    FakeBuffer buffer = new FakeBuffer(bytes);
    used.addAndGet(buffer.bytes());
    live.incrementAndGet();
    return buffer;
  }

  ResourceException shortage() {
    return new ResourceException("not enough memory on " + owner);
  }

  /** Cells within a buffer, which must be alive as long as they are read. */
  private final class FakePart implements DeviceBuffer {
    private final FakeBuffer whole;
    private final long firstByte;
    private final long bytes;
    private boolean free;

    FakePart(FakeBuffer whole, long firstByte, long bytes) {
      this.whole = whole;
      this.firstByte = firstByte;
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public synchronized void release() {
      if (free) {
        throw new IllegalStateException("part of a device buffer released twice");
      }
      whole.alive();
      free = true;
      live.decrementAndGet();
    }

    synchronized MemorySegment alive() {
      if (free) {
        throw new IllegalStateException("part of a device buffer is used after its release");
      }
      return whole.alive().asSlice(firstByte, bytes);
    }
  }

  /** A part of a living buffer, which counts as one that is not released. */
  DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    FakeBuffer buffer = (FakeBuffer) whole;
    buffer.alive();
    live.incrementAndGet();
    return new FakePart(buffer, firstByte, bytes);
  }

  /** The cells of a living buffer of any fake, or of a part, for launches and uploads there. */
  static MemorySegment cells(DeviceBuffer buffer) {
    return buffer instanceof FakePart part ? part.alive() : ((FakeBuffer) buffer).alive();
  }

  /**
   * The cells for who is not a launch. Whoever has not waited for a mark behind the launch that
   * makes them would read what a real device has not written yet.
   */
  MemorySegment completeCells(DeviceBuffer buffer) {
    FakeBuffer memory = (FakeBuffer) buffer;
    if (memory.madeBy > reached.get()) {
      throw new IllegalStateException(
          "cells of " + owner + " are read before launch " + memory.madeBy + " has ended");
    }
    return memory.alive();
  }

  /** Notes that a launch makes the cells of a buffer. */
  static void makes(long launch, DeviceBuffer buffer) {
    ((FakeBuffer) buffer).madeBy = launch;
  }

  /** Notes that somebody has waited for this launch and those before it. */
  void reached(long launch) {
    reached.accumulateAndGet(launch, Math::max);
  }

  /** Buffers that were not released. */
  long live() {
    return live.get();
  }

  /** Bytes of these. */
  long used() {
    return used.get();
  }
}
