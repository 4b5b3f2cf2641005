package dev.reprise.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * While an operation runs that is too much for the budget although it runs alone, what the budget
 * refuses lies on the disk. Who asks meanwhile is that operation, a thread that works for it, or
 * what had begun before it and held nothing large; to these it is of no harm but speed.
 * Thread-safe.
 */
final class LastResort {
  private final AtomicInteger running = new AtomicInteger();

  /** Runs such an operation. */
  <T> T run(Supplier<T> operation) {
    running.incrementAndGet();
    try {
      return operation.get();
    } finally {
      running.decrementAndGet();
    }
  }

  /** True while one runs. */
  boolean isOpen() {
    return running.get() > 0;
  }
}
