package dev.reprise.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Permits for work that takes much memory, so many in all and so many of one space. Nobody waits
 * for them without limit. Thread-safe.
 */
final class SpacePermits {
  private final Semaphore all;
  private final int ofOne;
  private final Map<Long, Semaphore> spaces = new ConcurrentHashMap<>();

  SpacePermits(int inAll, int ofOne) {
    this.all = new Semaphore(inAll, true);
    this.ofOne = ofOne;
  }

  /** False when there are none in that time. Those that were taken must be given back. */
  boolean tryAcquire(long space, int permits, long millis) {
    Semaphore own = spaces.computeIfAbsent(space, _ -> new Semaphore(ofOne, true));
    try {
      if (!own.tryAcquire(permits, millis, TimeUnit.MILLISECONDS)) {
        return false;
      }
      boolean isGranted = false;
      try {
        isGranted = all.tryAcquire(permits, millis, TimeUnit.MILLISECONDS);
        return isGranted;
      } finally {
        if (!isGranted) {
          own.release(permits);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void release(long space, int permits) {
    all.release(permits);
    spaces.get(space).release(permits);
  }
}
