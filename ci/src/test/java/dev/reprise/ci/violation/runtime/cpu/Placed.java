package dev.reprise.ci.violation.runtime.cpu;

import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

/** A kernel whose result depends on where its operation stands. */
public final class Placed {
  public boolean result() {
    return new Operation(OperationTable.standard().get("t")).place() == null;
  }
}
