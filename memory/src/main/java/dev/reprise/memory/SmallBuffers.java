package dev.reprise.memory;

/**
 * Buffers of up to 32 KiB, for the {@link HostMemory} whose budget they are taken out of.
 *
 * <pre>
 *   allocate   stripe of the thread, as long as it has a free buffer and credit
 *              else credit from the budget, a chain of buffers from the common stock
 *   release    to the stripe of the thread; what is too much there goes back to stock and budget
 * </pre>
 *
 * <p>Threads: any. Stripes are only ever try-locked by who allocates; each holds up to 128 KiB of
 * granted but unspent budget. No stripe is held while the stock, the budget or the system is asked.
 */
final class SmallBuffers {
  private final HostMemory memory;
  private final Stripe[] stripes;
  private final SmallPool stock;

  /**
   * @param threads how many are expected to allocate at once
   */
  SmallBuffers(HostMemory memory, int threads) {
    this.memory = memory;
    // Several per core, so that a free one is soon found.
    int count = Math.clamp(Integer.highestOneBit(Math.max(threads, 1)) * 4L, 4, 256);
    this.stripes = new Stripe[count];
    for (int i = 0; i < count; i++) {
      stripes[i] = new Stripe();
    }
    this.stock = new SmallPool(memory);
  }

  HostBuffer allocate(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative size " + bytes);
    }
    int sizeClass = SizeClasses.of(bytes);
    int size = SizeClasses.bytes(sizeClass);
    Stripe stripe = lockOne();
    HostBuffer buffer = null;
    if (stripe.creditBytes >= size) {
      buffer = stripe.pop(sizeClass);
      if (buffer != null) {
        stripe.creditBytes -= size;
        stripe.liveBuffers++;
      }
    }
    stripe.unlock();
    return (buffer != null ? buffer : allocateSlow(sizeClass, size)).handOut(size);
  }

  /** Locks the stripe of the calling thread, or the next that is free. */
  private Stripe lockOne() {
    // Fibonacci hashing spreads consecutive thread ids over the stripes.
    int start = (int) ((Thread.currentThread().threadId() * 0x9E3779B97F4A7C15L) >>> 40);
    int mask = stripes.length - 1;
    for (int i = start; ; i++) {
      Stripe stripe = stripes[i & mask];
      if (stripe.tryLock()) {
        return stripe;
      }
      Thread.onSpinWait();
    }
  }

  private HostBuffer allocateSlow(int sizeClass, int size) {
    long granted = size;
    if (!memory.isInNeed() && memory.tryGrant(size + Stripe.CREDIT_BYTES)) {
      granted += Stripe.CREDIT_BYTES;
    } else {
      memory.grant(size);
    }
    return stocked(sizeClass, size, granted);
  }

  /** A small buffer of memory that has been granted; what is more becomes the stripe's credit. */
  private HostBuffer stocked(int sizeClass, int size, long granted) {
    Stripe stripe = lockOne();
    HostBuffer buffer = stripe.pop(sizeClass);
    if (buffer == null) {
      stripe.unlock();
      buffer = takeFromStock(sizeClass, granted);
      stripe = lockOne();
      for (HostBuffer rest = buffer.next; rest != null; ) {
        HostBuffer next = rest.next;
        stripe.push(rest);
        rest = next;
      }
    }
    stripe.creditBytes += granted - size;
    stripe.liveBuffers++;
    stripe.unlock();
    return buffer;
  }

  private HostBuffer takeFromStock(int sizeClass, long granted) {
    if (memory.mappedBytes() + Slab.bytesFor(sizeClass) > memory.budgetBytes()) {
      memory.trim(Slab.bytesFor(sizeClass));
    }
    try {
      return stock.take(sizeClass, Stripe.keepAtMost(sizeClass) / 2);
    } catch (Throwable e) {
      memory.giveBack(granted);
      throw e;
    }
  }

  /** Null when the budget has no room at this moment. */
  HostBuffer tryAllocate(long bytes) {
    int sizeClass = SizeClasses.of(bytes);
    int size = SizeClasses.bytes(sizeClass);
    return memory.tryGrant(size) ? stocked(sizeClass, size, size).handOut(size) : null;
  }

  void release(HostBuffer buffer) {
    Stripe stripe = lockOne();
    stripe.push(buffer);
    stripe.creditBytes += buffer.chargedBytes;
    stripe.liveBuffers--;
    HostBuffer overflow = stripe.overflow(buffer.sizeClass);
    long surplus = 0;
    if (stripe.creditBytes > 2 * Stripe.CREDIT_BYTES) {
      surplus = stripe.takeCredit(Stripe.CREDIT_BYTES);
    }
    stripe.unlock();
    if (surplus > 0) {
      memory.giveBack(surplus);
    }
    if (overflow != null) {
      stock.putBack(overflow);
    }
  }

  /** Takes all granted bytes out that no buffer uses; returns how many these were. */
  long takeAllCredit() {
    long credit = 0;
    for (Stripe stripe : stripes) {
      stripe.lock();
      credit += stripe.takeCredit(0);
      stripe.unlock();
    }
    return credit;
  }

  /** Granted bytes that no buffer uses. */
  long creditBytes() {
    long credit = 0;
    for (Stripe stripe : stripes) {
      stripe.lock();
      credit += stripe.creditBytes;
      stripe.unlock();
    }
    return credit;
  }

  /** Buffers handed out and not yet released; exact when no thread is allocating. */
  long liveBuffers() {
    long live = 0;
    for (Stripe stripe : stripes) {
      stripe.lock();
      live += stripe.liveBuffers;
      stripe.unlock();
    }
    return live;
  }

  /** Gives slabs that nobody uses back to the system. */
  void trim() {
    for (Stripe stripe : stripes) {
      for (int c = 0; c < SizeClasses.COUNT; c++) {
        stripe.lock();
        HostBuffer chain = stripe.drain(c);
        stripe.unlock();
        if (chain != null) {
          stock.putBack(chain);
        }
      }
    }
    stock.trim();
  }
}
