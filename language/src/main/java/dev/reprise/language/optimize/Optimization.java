package dev.reprise.language.optimize;

/**
 * What the optimiser may do.
 *
 * @param on false leaves the program as it was written
 * @param exact true when no rewrite may change a bit of a result
 * @param reuses true when results of operations are kept and found again
 * @param runsOnce true when the program runs once and nothing else uses what it leaves in the cache
 */
public record Optimization(boolean on, boolean exact, boolean reuses, boolean runsOnce) {
  private static final Optimization OFF = new Optimization(false, true, false, false);

  /** The program as it was written. */
  public static Optimization off() {
    return OFF;
  }
}
