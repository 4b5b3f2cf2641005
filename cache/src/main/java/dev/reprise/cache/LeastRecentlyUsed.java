package dev.reprise.cache;

/** Evicts what was not accessed for longest. */
final class LeastRecentlyUsed implements VictimRanking {

  @Override
  public double score(EntryFacts entry, long now) {
    return entry.lastAccess();
  }

  @Override
  public boolean needsExactRecency() {
    return true;
  }
}
