package dev.reprise.engine.control;

import dev.reprise.engine.check.TrapException;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;

/**
 * The statement that submitted an operation, kept until the operation has finished so that a late
 * failure still tells where it comes from.
 *
 * @param item what the operation makes; kept only while the run traps values, else null
 * @param operands what it makes that from; null when that is not noted, and then not told
 */
public record Origin(Step step, Activation activation, LineageItem item, OperandForms operands) {

  public Origin(Step step, Activation activation) {
    this(step, activation, null, null);
  }

  Origin with(LineageItem made) {
    return new Origin(step, activation, made, operands);
  }

  /** The program goes on before the operation has finished, and gives its variables new values. */
  public Origin leftBehind(Value[] inputs) {
    return new Origin(step, activation, item, OperandForms.of(inputs));
  }

  public RuntimeException located(Throwable failure) {
    Throwable known = failure instanceof TrapException trap ? trap.with(item) : failure;
    return FailurePlace.left(step, activation, operands).located(known);
  }
}
