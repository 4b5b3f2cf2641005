package dev.reprise.engine;

import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Counts the claims that are taken, so that somebody can wait for a number of them. */
final class TakenClaims implements CacheEvents {
  private final Semaphore taken = new Semaphore(0);

  @Override
  public void claimed(Key key) {
    taken.release();
  }

  int count() {
    return taken.availablePermits();
  }

  /** Waits until so many were taken; false when they are not after ten minutes. */
  boolean come(int count) {
    try {
      return taken.tryAcquire(count, 10, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      return false;
    }
  }
}
