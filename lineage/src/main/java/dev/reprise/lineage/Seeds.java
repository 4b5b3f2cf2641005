package dev.reprise.lineage;

/**
 * System-generated seeds as a pure function of a base and a count. A loop draws a base when it is
 * entered and gives each iteration a base of its own, so that seeds follow from (base, iteration,
 * draw): a run with the same base draws the same seeds however its iterations are spread over
 * workers, and a trace of a loop stores none of them.
 */
public final class Seeds {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private Seeds() {}

  /** The seed of a one-based draw: not negative, and exact as a double. */
  public static long draw(long base, long count) {
    return mix(base + GOLDEN_GAMMA * count) >>> 11;
  }

  /** The base of one iteration of the loop that drew {@code loopBase}. */
  public static long childBase(long loopBase, long iteration) {
    return mix(loopBase ^ mix(iteration * GOLDEN_GAMMA + 1));
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood: OOPSLA 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
