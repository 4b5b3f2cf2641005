package dev.reprise.cache;

/** Evicts what was not accessed for longest. */
final class LeastRecentlyUsed implements VictimRanking {

  @Override
  public double score(EntryFacts entry) {
    return entry.lastAccess();
  }

  @Override
  public boolean needsExactRecency() {
    return true;
  }
}
