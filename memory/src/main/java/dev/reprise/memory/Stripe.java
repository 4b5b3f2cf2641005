package dev.reprise.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Free small buffers and unspent budget for one group of threads: the fast path of {@link
 * HostMemory}. Guarded by a lock that is only ever tried: a thread that finds it taken goes to the
 * next stripe, so nobody waits for a holder that lost its core.
 */
final class Stripe {
  /** Budget that a stripe fetches at a time, and keeps at most twice. */
  static final long CREDIT_BYTES = 64 * 1024;

  private static final VarHandle LOCKED;

  static {
    try {
      LOCKED = MethodHandles.lookup().findVarHandle(Stripe.class, "locked", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final HostBuffer[] heads = new HostBuffer[SizeClasses.COUNT];
  private final int[] counts = new int[SizeClasses.COUNT];

  /** 1 while held; the release write publishes everything below to the next holder. */
  @SuppressWarnings("unused")
  private int locked;

  /** Granted bytes that no buffer uses. */
  long creditBytes;

  /** Buffers handed out here minus buffers released here; may be negative. */
  long liveBuffers;

  boolean tryLock() {
    return LOCKED.compareAndSet(this, 0, 1);
  }

  void unlock() {
    LOCKED.setRelease(this, 0);
  }

  void lock() {
    while (!tryLock()) {
      Thread.onSpinWait();
    }
  }

  /** How many free buffers of a class are kept before half of them go to the common stock. */
  static int keepAtMost(int sizeClass) {
    return Math.clamp(256 * 1024 / SizeClasses.bytes(sizeClass), 8, 64);
  }

  HostBuffer pop(int sizeClass) {
    HostBuffer head = heads[sizeClass];
    if (head != null) {
      heads[sizeClass] = head.next;
      counts[sizeClass]--;
    }
    return head;
  }

  void push(HostBuffer buffer) {
    int sizeClass = buffer.sizeClass;
    buffer.next = heads[sizeClass];
    heads[sizeClass] = buffer;
    counts[sizeClass]++;
  }

  /** Takes half of an overfull list out; null when it is not overfull. */
  HostBuffer overflow(int sizeClass) {
    int keep = keepAtMost(sizeClass);
    return counts[sizeClass] <= keep ? null : detach(sizeClass, keep / 2);
  }

  /** Takes the whole list of a class out. */
  HostBuffer drain(int sizeClass) {
    return heads[sizeClass] == null ? null : detach(sizeClass, 0);
  }

  /** Keeps the {@code keep} most recently used buffers, which are warm, and returns the others. */
  private HostBuffer detach(int sizeClass, int keep) {
    HostBuffer rest = heads[sizeClass];
    if (keep == 0) {
      heads[sizeClass] = null;
    } else {
      HostBuffer last = rest;
      for (int i = 1; i < keep; i++) {
        last = last.next;
      }
      rest = last.next;
      last.next = null;
    }
    counts[sizeClass] = keep;
    return rest;
  }

  /** Takes unspent budget out, all but {@code keep} bytes. */
  long takeCredit(long keep) {
    long surplus = Math.max(creditBytes - keep, 0);
    creditBytes -= surplus;
    return surplus;
  }
}
