package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;

/** An operation made a value that the run was told to stop at. */
final class TrapException extends OperandException {
  private static final long serialVersionUID = 1L;

  private final transient LineageItem item;

  /**
   * @param item the trace of what was made; null when it is not known (yet)
   */
  TrapException(String message, LineageItem item) {
    super(message);
    this.item = item;
  }

  LineageItem item() {
    return item;
  }

  TrapException with(LineageItem known) {
    return item != null || known == null ? this : new TrapException(getMessage(), known);
  }
}
