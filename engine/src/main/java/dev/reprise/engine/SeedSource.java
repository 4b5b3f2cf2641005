package dev.reprise.engine;

/**
 * System-generated seeds as a pseudo-random function of a base and a count, so that a run with the
 * same base draws the same seeds however its parfor iterations were spread over workers. Owned by
 * one control thread.
 */
final class SeedSource {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long base;
  private long count;

  SeedSource(long base) {
    this.base = base;
  }

  /** The next seed: not negative, and exact as a double. */
  long next() {
    return mix(base + GOLDEN_GAMMA * ++count) >>> 11;
  }

  /** The base of a nested context: iteration {@code index} of the loop entered at this moment. */
  static long childBase(long loopBase, long index) {
    return mix(loopBase ^ mix(index * GOLDEN_GAMMA + 1));
  }

  /** Starts over from another base, as a parfor worker does for each iteration. */
  void restart(long newBase) {
    base = newBase;
    count = 0;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood: OOPSLA 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
