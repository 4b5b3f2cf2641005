package dev.reprise.memory;

/** All stripes of a {@link HostMemory}; several per core, so that a free one is soon found. */
final class Stripes {
  private final Stripe[] stripes;

  /**
   * @param threads how many threads are expected to allocate at once
   */
  Stripes(int threads) {
    int count = Math.clamp(Integer.highestOneBit(Math.max(threads, 1)) * 4L, 4, 256);
    stripes = new Stripe[count];
    for (int i = 0; i < count; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** Locks the stripe of the calling thread, or the next that is free. */
  Stripe lockOne() {
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

  /** Takes all unspent budget out; returns how much it was. */
  long takeAllCredit() {
    long credit = 0;
    for (Stripe stripe : stripes) {
      stripe.lock();
      credit += stripe.takeCredit(0);
      stripe.unlock();
    }
    return credit;
  }

  /** Moves all free buffers to the common stock. */
  void drainTo(SmallPool stock) {
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
  }

  long creditBytes() {
    long credit = 0;
    for (Stripe stripe : stripes) {
      stripe.lock();
      credit += stripe.creditBytes;
      stripe.unlock();
    }
    return credit;
  }

  long liveBuffers() {
    long live = 0;
    for (Stripe stripe : stripes) {
      stripe.lock();
      live += stripe.liveBuffers;
      stripe.unlock();
    }
    return live;
  }
}
