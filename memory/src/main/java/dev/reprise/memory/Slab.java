package dev.reprise.memory;

/**
 * A chunk of memory cut into buffers of one size class. Owned by {@link SmallPool}: every field is
 * read and written under its lock.
 */
final class Slab {
  final NativeMemory.Region region;
  final int sizeClass;
  final int blocks;

  /** How many blocks have been cut so far; the rest has no buffer object yet. */
  private int cut;

  private HostBuffer freeHead;
  private int freeBlocks;

  Slab(NativeMemory.Region region, int sizeClass) {
    this.region = region;
    this.sizeClass = sizeClass;
    this.blocks = (int) (region.segment().byteSize() / SizeClasses.bytes(sizeClass));
    this.freeBlocks = blocks;
  }

  /** Bytes of a new slab: at least 64 KiB and at least 32 blocks. */
  static long bytesFor(int sizeClass) {
    long block = SizeClasses.bytes(sizeClass);
    return Math.max(64 * 1024 / block, 32) * block;
  }

  long bytes() {
    return region.segment().byteSize();
  }

  boolean hasFree() {
    return freeBlocks > 0;
  }

  boolean isUnused() {
    return freeBlocks == blocks;
  }

  /** Takes a free block; there must be one. */
  HostBuffer take(HostMemory memory) {
    freeBlocks--;
    HostBuffer buffer = freeHead;
    if (buffer != null) {
      freeHead = buffer.next;
      return buffer;
    }
    long block = SizeClasses.bytes(sizeClass);
    return HostBuffer.small(
        memory, region.segment().asSlice(block * cut++, block), sizeClass, this);
  }

  void putBack(HostBuffer buffer) {
    buffer.next = freeHead;
    freeHead = buffer;
    freeBlocks++;
  }
}
