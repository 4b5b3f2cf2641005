package dev.reprise.cache;

import dev.reprise.lineage.Key;

/**
 * Hears what the cache does; the engine counts through it, tests record it. Called by the thread
 * that caused the event, with no lock held, possibly by many at once; must be quick and not throw.
 */
public interface CacheEvents {
  /** Hears nothing. */
  CacheEvents NONE = new CacheEvents() {};

  /** Why a completed value was not kept. */
  enum Rejection {
    /** Its owner asked not to. */
    NOT_WANTED,
    /** It is larger than the whole budget. */
    TOO_LARGE,
    /** The cache is switched off. */
    DISABLED
  }

  /** Why a value was dropped. */
  enum Eviction {
    /** Entries held more than the cache's budget. */
    CACHE_BUDGET,
    /** The host memory asked for room. */
    MEMORY_PRESSURE,
    /** The cache was cleared. */
    CLEARED,
    /** The disk had no room for it, or needed its room for something else. */
    DISK_BUDGET,
    /** It was on disk, and its copy is damaged or memory has no room for it. */
    NOT_RESTORED,
    /** An accelerator needed the room, and computing the value again costs less than moving it. */
    DEVICE_PRESSURE,
    /** Only a whole call or block could use it, and another of its values was dropped. */
    GROUP_BROKEN
  }

  /** A probe found the value, which had taken {@code costNanos} to compute. */
  default void hit(Key key, long costNanos) {}

  /**
   * A claimed value was put together from parts by the rewrite of that name, which was estimated to
   * save so much of the execution.
   */
  default void partialHit(Key key, String rewrite, long savedNanos) {}

  /** A probe found nothing; its caller owns the claim now. */
  default void claimed(Key key) {}

  /** A probe found a claim and subscribed to it. */
  default void waiting(Key key) {}

  /** The owner gave up, and a subscriber became owner. */
  default void tookOver(Key key) {}

  /** The owner reported an error, which went to {@code subscribers} waiters. */
  default void failed(Key key, Throwable error, int subscribers) {}

  /** The owner gave up and nobody was left to take over. */
  default void abandoned(Key key) {}

  /** A value was kept; its lineage reaches {@code height} levels above the leaves. */
  default void admitted(Key key, long bytes, long costNanos, long height) {}

  /** A value was not kept. */
  default void rejected(Key key, long bytes, Rejection reason) {}

  /** A value left memory for the disk. */
  default void spilled(Key key, long bytes) {}

  /** A value came back from the disk, for the probe that had found it there. */
  default void restored(Key key, long bytes) {}

  /** A value was dropped. */
  default void evicted(Key key, long bytes, Eviction reason) {}
}
