package dev.reprise.engine.worth;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keys of values that were computed and not kept: members of fused loops, and what was not worth
 * keeping. A key that comes a second time was worth it after all. Holds the most recent key per
 * hash bucket; forgetting one only means that its value is computed once more. Any thread.
 */
final class RepeatedKeys {
  /** Half a megabyte. */
  private static final int BUCKETS = 1 << 16;

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

  /** True when the key was noted and not forgotten since. */
  boolean isNoted(long high, long low) {
    return seen.getAcquire((int) (high ^ (high >>> 32)) & (BUCKETS - 1)) == low;
  }
}
