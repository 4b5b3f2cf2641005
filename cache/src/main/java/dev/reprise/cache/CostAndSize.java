package dev.reprise.cache;

/**
 * Evicts what saves least time per byte, {@code (hits + misses) * cost / size} (LIMA, SIGMOD 2021,
 * table 1). Misses of an entry that was evicted before count, so a value that keeps coming back
 * rises.
 */
final class CostAndSize implements VictimRanking {

  @Override
  public double score(EntryFacts entry, long now) {
    double uses = entry.hits() + entry.misses();
    return uses * entry.costNanos() / Math.max(entry.bytes(), 1);
  }
}
