package dev.reprise.engine.seed;

/**
 * What one control thread draws from, and where it is in its loops. Owned by that thread.
 *
 * @param source of the seeds
 * @param trail of the loops
 */
public record ThreadSeeds(SeedSource source, SeedTrail trail) {

  /** Those of a thread that begins outside of loops. */
  public static ThreadSeeds of(long base) {
    return new ThreadSeeds(new SeedSource(base), new SeedTrail());
  }
}
