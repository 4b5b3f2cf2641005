package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;

/**
 * The statement that submitted an operation, kept until the operation has finished so that a late
 * failure still tells where it comes from.
 *
 * @param item what the operation makes; kept only while the run traps values, else null
 */
record Origin(Step step, Activation activation, LineageItem item) {

  Origin(Step step, Activation activation) {
    this(step, activation, null);
  }

  Origin with(LineageItem made) {
    return new Origin(step, activation, made);
  }

  RuntimeException located(Throwable failure) {
    Throwable known = failure instanceof TrapException trap ? trap.with(item) : failure;
    return new FailurePlace(step.position(), activation, step).located(known);
  }
}
