package dev.reprise.engine.check;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;

/** An operation made a value that the run was told to stop at. */
public final class TrapException extends OperandException {
  private static final long serialVersionUID = 1L;

  private final transient LineageItem item;

  /**
   * @param item the trace of what was made; null when it is not known (yet)
   */
  TrapException(String message, LineageItem item) {
    super(message);
    this.item = item;
  }

  /** The trace of what was made; null when it is not known. */
  public LineageItem item() {
    return item;
  }

  /** The same with the trace, unless it has one or none is known. */
  public TrapException with(LineageItem known) {
    return item != null || known == null ? this : new TrapException(getMessage(), known);
  }
}
