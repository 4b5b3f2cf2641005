package dev.reprise.lineage;

/**
 * How the seeds of a run's iterations follow from the base that its loop drew.
 *
 * @param base drawn when the loop was entered
 * @param firstIteration the number of the run's first iteration in its loop
 */
record SeedRule(long base, long firstIteration) {
  long seed(long iteration, long draw) {
    return Seeds.draw(Seeds.childBase(base, firstIteration + iteration), draw);
  }
}
