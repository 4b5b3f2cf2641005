package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The common stock of small buffers behind the per-thread stripes.
 *
 * <p>Threads: one lock guards all slabs; it is held for moving a chain of buffers or for one slab
 * from the system of at most 1 MiB, never while calling out. Stripes call it after letting go of
 * their own lock, so the two are never held together.
 */
final class SmallPool {
  private final HostMemory memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<ArrayDeque<Slab>> withFreeBlocks = new ArrayList<>(SizeClasses.COUNT);

  SmallPool(HostMemory memory) {
    this.memory = memory;
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      withFreeBlocks.add(new ArrayDeque<>());
    }
  }

  /** Returns a chain of one to {@code atMost} free buffers of the class. */
  HostBuffer take(int sizeClass, int atMost) {
    lock.lock();
    try {
      ArrayDeque<Slab> slabs = withFreeBlocks.get(sizeClass);
      if (slabs.isEmpty()) {
        slabs.add(newSlab(sizeClass));
      }
      HostBuffer chain = null;
      for (int taken = 0; taken < atMost && !slabs.isEmpty(); taken++) {
        Slab slab = slabs.peekFirst();
        HostBuffer buffer = slab.take(memory);
        buffer.next = chain;
        chain = buffer;
        if (!slab.hasFree()) {
          slabs.removeFirst();
        }
      }
      return chain;
    } finally {
      lock.unlock();
    }
  }

  private Slab newSlab(int sizeClass) {
    long bytes = Slab.bytesFor(sizeClass);
    NativeMemory.Region region = NativeMemory.inArena(bytes);
    if (region == null) {
      throw new ResourceException("the system has no " + bytes + " bytes of memory left");
    }
    memory.mapped(bytes);
    return new Slab(region, sizeClass);
  }

  /** Takes back a chain of buffers. */
  void putBack(HostBuffer chain) {
    lock.lock();
    try {
      for (HostBuffer buffer = chain; buffer != null; ) {
        HostBuffer next = buffer.next;
        Slab slab = buffer.slab;
        if (!slab.hasFree()) {
          withFreeBlocks.get(slab.sizeClass).addLast(slab);
        }
        slab.putBack(buffer);
        buffer = next;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives slabs without a user back to the system. */
  void trim() {
    lock.lock();
    try {
      for (ArrayDeque<Slab> slabs : withFreeBlocks) {
        for (Iterator<Slab> each = slabs.iterator(); each.hasNext(); ) {
          Slab slab = each.next();
          if (slab.isUnused()) {
            each.remove();
            slab.region.free();
            memory.mapped(-slab.bytes());
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
