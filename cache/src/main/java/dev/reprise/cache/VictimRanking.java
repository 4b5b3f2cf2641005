package dev.reprise.cache;

/**
 * Orders entries for eviction.
 *
 * <p>The score of an entry must never fall while the entry stays in the cache, or {@link
 * #scoresMayFall} must say that it does. The cache relies on it: it keeps entries in a heap by the
 * score they had when they were put there, and looks again only at the one on top (see {@link
 * VictimQueue}).
 *
 * <p>All methods are called under one lock.
 */
public interface VictimRanking {

  /**
   * How much the entry is worth keeping; the lowest goes first.
   *
   * @param now logical time, as {@link EntryFacts#lastAccess} counts it
   */
  double score(EntryFacts entry, long now);

  /**
   * True when {@link EntryFacts#lastAccess} must tell any two accesses apart; costs a shared count.
   */
  default boolean needsExactRecency() {
    return false;
  }

  /**
   * True when scores fall with time or as the ranking learns; the queue then looks at all entries
   * again from time to time.
   */
  default boolean scoresMayFall() {
    return false;
  }

  /** Tells of an entry that is ranked for the first time; once per key that the cache remembers. */
  default void seen(EntryFacts entry) {}

  /** Tells of an entry that was asked for a second time; once per key, after {@link #seen}. */
  default void usedAgain(EntryFacts entry) {}
}
