package dev.reprise.engine.control;

import dev.reprise.lineage.LineageItem;

/**
 * An iteration that runs without items because its path is known, for the steps that it runs. By
 * the control thread of its activation.
 */
public interface UntracedIteration {
  /** In place of an operand: what the step itself makes. */
  int RESULT = -1;

  /**
   * Ends the recording in front of the step that is being run, or wherever the loop is: makes the
   * items of all variables, as they would be had the iteration been traced from its start.
   */
  void traceAgain();

  /**
   * What the step that is being run makes; the recording goes on. Null for what is no result of an
   * operation.
   */
  LineageItem itemOfStep();

  /**
   * True for a value that the loop carries on: see {@link CarriedValues}.
   *
   * @param operand of the step that is being run, or {@link #RESULT}
   */
  boolean isCarried(int operand);
}
