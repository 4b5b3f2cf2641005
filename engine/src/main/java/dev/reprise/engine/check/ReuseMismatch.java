package dev.reprise.engine.check;

import dev.reprise.engine.check.ValueComparison.Deviation;
import dev.reprise.engine.value.Describe;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;

/** A reused value that differs from the computed one: the worst bug that there is. */
public final class ReuseMismatch extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient LineageItem item;

  ReuseMismatch(
      String what,
      LineageItem item,
      Value found,
      Value computed,
      Deviation deviation,
      double allowed) {
    super(
        "reuse of "
            + what
            + " gave another value than computing it: "
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

  /** A reused value whose trace is not that of the computed one. */
  public ReuseMismatch(String what, LineageItem item, LineageItem computed) {
    super(
        "reuse of "
            + what
            + " gave a value of another trace: key "
            + item.key()
            + " instead of "
            + (computed == null ? "none: it has no value" : computed.key()));
    this.item = item;
  }

  /** Of the reused value. */
  public LineageItem item() {
    return item;
  }
}
