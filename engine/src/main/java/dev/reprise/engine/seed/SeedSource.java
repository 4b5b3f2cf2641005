package dev.reprise.engine.seed;

import dev.reprise.lineage.Seeds;

/**
 * System-generated seeds as a pseudo-random function of a base and a count ({@link Seeds}), so that
 * a run with the same base draws the same seeds however its parfor iterations were spread over
 * workers. Every iteration of a loop has a base of its own. Owned by one control thread.
 */
public final class SeedSource {
  private long base;
  private long count;

  /** Begins with the first seed of a base. */
  public SeedSource(long base) {
    this.base = base;
  }

  /** The next seed: not negative, and exact as a double. */
  public long next() {
    return Seeds.draw(base, ++count);
  }

  /** The base for a loop that is entered now: what would be drawn next, without drawing it. */
  public long peek() {
    return Seeds.draw(base, count + 1);
  }

  /** What all seeds since the last start follow from. */
  public long base() {
    return base;
  }

  /** Leaves out seeds that an execution would have drawn whose results are known. */
  public void skip(long seeds) {
    count += seeds;
  }

  /** Seeds drawn since the last start. */
  public long count() {
    return count;
  }

  /** Starts over from another base, as each iteration of a loop does. */
  public void restart(long newBase) {
    base = newBase;
    count = 0;
  }

  /** Goes on where a loop was entered. */
  public void resume(long oldBase, long oldCount) {
    base = oldBase;
    count = oldCount;
  }
}
