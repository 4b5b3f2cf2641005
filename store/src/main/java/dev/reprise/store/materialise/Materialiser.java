package dev.reprise.store.materialise;

/** A method of choosing what to keep. */
public interface Materialiser {
  /**
   * Chooses artifacts that take no more than the budget, a chunk that several share counted once;
   * none whose loading costs at least as much as recreating it.
   *
   * @param budgetBytes not negative
   */
  Selection select(ArtifactGraph graph, long budgetBytes);
}
