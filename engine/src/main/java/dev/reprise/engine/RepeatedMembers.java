package dev.reprise.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keys of values that fused loops computed without keeping them. A key that comes a second time is
 * worth computing by itself and keeping. Holds the most recent key per hash bucket; forgetting one
 * only means that its value is computed in a loop once more. Any thread.
 */
final class RepeatedMembers {
  private static final int BUCKETS = 1 << 14;

  private final AtomicLongArray seen = new AtomicLongArray(BUCKETS);

  /** Notes a key; true when it was noted before and not forgotten since. */
  boolean isRepeated(long high, long low) {
    int bucket = (int) (high ^ (high >>> 32)) & (BUCKETS - 1);
    if (seen.getAcquire(bucket) == low) {
      return true;
    }
    seen.setRelease(bucket, low);
    return false;
  }
}
