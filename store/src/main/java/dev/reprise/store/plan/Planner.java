package dev.reprise.store.plan;

/** A method of deciding what to load and what to compute. */
public interface Planner {
  /**
   * Every wanted value is loaded or computed, and so is every input of what is computed; only what
   * some tier offers is loaded.
   */
  Plan plan(PlanGraph graph);
}
