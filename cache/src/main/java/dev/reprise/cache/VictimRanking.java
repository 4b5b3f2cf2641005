package dev.reprise.cache;

/**
 * Orders entries for eviction.
 *
 * <p>The score of an entry must never fall while the entry stays in the cache. The cache relies on
 * it: it keeps entries in a heap by the score they had when they were put there, and looks again
 * only at the one on top (see {@link VictimQueue}).
 */
public interface VictimRanking {

  /** How much the entry is worth keeping; the lowest goes first. */
  double score(EntryFacts entry);

  /**
   * True when {@link EntryFacts#lastAccess} must tell any two accesses apart; costs a shared count.
   */
  default boolean needsExactRecency() {
    return false;
  }
}
