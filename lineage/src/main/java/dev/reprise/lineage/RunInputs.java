package dev.reprise.lineage;

/**
 * What a run of a body takes, in the order of its inputs: first values of carried variables, fixed
 * items, starts of progressions, and the seed base. Immutable.
 */
final class RunInputs {
  private static final int[] NONE = {};

  private final int[] carried;
  private final int[] outers;
  private final int[] lifted;
  private final boolean usesSeeds;

  // By path and value, the place among the lifted columns plus one; null for a path without any.
  private final int[][] lifts;

  /**
   * @param carried variables whose first value is read, ascending
   * @param outers fixed items that are read, ascending
   * @param lifted columns whose progression starts at an input, as (path, value) pairs
   * @param usesSeeds whether the seed base is an input, the last one
   */
  RunInputs(int[] carried, int[] outers, int[] lifted, boolean usesSeeds) {
    this.carried = carried;
    this.outers = outers;
    this.lifted = lifted;
    this.usesSeeds = usesSeeds;
    this.lifts = new int[lifted.length == 0 ? 0 : lifted[lifted.length - 2] + 1][];
    for (int i = lifted.length - 2; i >= 0; i -= 2) {
      if (lifts[lifted[i]] == null) {
        lifts[lifted[i]] = new int[lifted[i + 1] + 1];
      }
      lifts[lifted[i]][lifted[i + 1]] = i / 2 + 1;
    }
  }

  /** What patches read, without the lifted columns. */
  static RunInputs ofReads(int[] carried, int[] outers) {
    return new RunInputs(carried, outers, NONE, false);
  }

  int[] carried() {
    return carried;
  }

  int[] outers() {
    return outers;
  }

  int[] lifted() {
    return lifted;
  }

  boolean usesSeeds() {
    return usesSeeds;
  }

  int size() {
    return carried.length + outers.length + lifted.length / 2 + (usesSeeds ? 1 : 0);
  }

  /** The place of a column among the lifted ones, or -1. */
  int liftIndex(int path, int value) {
    return path < lifts.length && lifts[path] != null && value < lifts[path].length
        ? lifts[path][value] - 1
        : -1;
  }
}
