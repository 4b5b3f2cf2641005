package dev.reprise.cache;

/**
 * Evicts the deepest traces first, {@code 1 / height}: values near the leaves are shared by more
 * programs (LIMA, SIGMOD 2021, table 1).
 */
final class DagHeight implements VictimRanking {

  @Override
  public double score(EntryFacts entry, long now) {
    return 1.0 / Math.max(entry.height(), 1);
  }
}
