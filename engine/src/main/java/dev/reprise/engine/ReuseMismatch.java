package dev.reprise.engine;

import dev.reprise.engine.ValueComparison.Deviation;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/** A reused value that differs from the computed one: the worst bug that there is. */
final class ReuseMismatch extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient LineageItem item;

  ReuseMismatch(
      Operation operation,
      LineageItem item,
      Value found,
      Value computed,
      Deviation deviation,
      double allowed) {
    super(
        "reuse of '"
            + operation.scriptName()
            + "' gave another value than computing it: "
            + deviation.place()
            + " (found "
            + Describe.value(found)
            + ", computed "
            + Describe.value(computed)
            + "; relative deviation "
            + deviation.deviation()
            + ", allowed "
            + allowed
            + "; key "
            + item.key()
            + ")");
    this.item = item;
  }

  LineageItem item() {
    return item;
  }
}
