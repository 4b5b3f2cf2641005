package dev.reprise.memory;

import dev.reprise.runtime.Buffer;
import java.lang.foreign.MemorySegment;

/**
 * A buffer of {@link HostMemory}. The object lives as long as its memory and is recycled together
 * with it, so allocating makes no garbage; an owner that has released it must forget it.
 *
 * <p>Threads: all fields but the final ones belong to whoever owns the buffer: its user, or the
 * pool under the lock of the list that it lies in.
 */
final class HostBuffer implements Buffer {
  static final int LARGE = -1;
  static final int PAGED = -2;

  private final HostMemory memory;
  private final MemorySegment segment;
  final int sizeClass;

  /** The slab that a small buffer is a part of; null for a large one. */
  final Slab slab;

  /** The memory that a large or paged buffer is; null for a part of something larger. */
  final NativeMemory.Region region;

  /** The part of a chunk that a large buffer is; null for one with memory of its own. */
  final Chunks.Range range;

  /** Next in the free list that the buffer lies in. */
  HostBuffer next;

  /** Bytes counted as used for the present owner. */
  long chargedBytes;

  private boolean free = true;

  /** True while no matrix has taken the buffer over. */
  private boolean inHand;

  private HostBuffer(
      HostMemory memory,
      MemorySegment segment,
      int sizeClass,
      Slab slab,
      NativeMemory.Region region,
      Chunks.Range range) {
    this.memory = memory;
    this.segment = segment;
    this.sizeClass = sizeClass;
    this.slab = slab;
    this.region = region;
    this.range = range;
  }

  static HostBuffer small(HostMemory memory, MemorySegment segment, int sizeClass, Slab slab) {
    return new HostBuffer(memory, segment, sizeClass, slab, null, null);
  }

  static HostBuffer large(HostMemory memory, NativeMemory.Region region) {
    return new HostBuffer(memory, region.segment(), LARGE, null, region, null);
  }

  /** A large buffer of so many bytes that is a part of a chunk. */
  static HostBuffer cut(HostMemory memory, Chunks.Range range, long bytes) {
    MemorySegment segment = range.chunk.segment().asSlice(range.offset, bytes);
    return new HostBuffer(memory, segment, LARGE, null, null, range);
  }

  /** A buffer that lies on the disk, and takes nothing of the budget. */
  static HostBuffer paged(HostMemory memory, NativeMemory.Region file) {
    return new HostBuffer(memory, file.segment(), PAGED, null, file, null);
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  HostMemory memory() {
    return memory;
  }

  /** True when it lies on the disk. */
  boolean isPaged() {
    return sizeClass == PAGED;
  }

  /** True when it has a part of the budget to itself, so that moving its cells gives that back. */
  boolean isLarge() {
    return sizeClass == LARGE;
  }

  /**
   * A matrix takes the buffer over: from now on the pins of a large one say whether it is in use.
   */
  void adopt() {
    if (inHand) {
      inHand = false;
      memory.inHand(-1);
    }
  }

  long capacity() {
    return segment.byteSize();
  }

  HostBuffer handOut(long bytes) {
    chargedBytes = bytes;
    free = false;
    next = null;
    if (isLarge() || isPaged()) {
      inHand = true;
      memory.inHand(1);
    }
    return this;
  }

  @Override
  public void release() {
    if (free) {
      throw new IllegalStateException("buffer released twice");
    }
    free = true;
    if (isLarge() || isPaged()) {
      boolean wasInHand = inHand;
      if (isPaged()) {
        memory.releasePaged(this);
      } else {
        memory.releaseLarge(this);
      }
      if (wasInHand) {
        memory.inHand(-1);
      }
    } else {
      memory.releaseSmall(this);
    }
  }
}
