package dev.reprise.engine.control;

import dev.reprise.language.program.Procedure;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;

/**
 * How the variables of a procedure's calls lie in an {@link Activation}: its slots, then its
 * constants. Immutable; the arrays are not to be written.
 */
public final class FrameLayout {
  private final Procedure procedure;
  private final Scalar[] constants;
  private final LineageItem[] constantItems;

  public FrameLayout(Procedure procedure) {
    this.procedure = procedure;
    this.constants = procedure.constants().toArray(Scalar[]::new);
    this.constantItems = new LineageItem[constants.length];
    for (int i = 0; i < constantItems.length; i++) {
      constantItems[i] = LineageItem.literal(constants[i]);
    }
  }

  /** The procedure's name. */
  public String name() {
    return procedure.name();
  }

  public int slotCount() {
    return procedure.slotCount();
  }

  /** The variable of a slot; null for a temporary value. */
  public String slotName(int slot) {
    return procedure.slotNames().get(slot);
  }

  Scalar[] constants() {
    return constants;
  }

  LineageItem[] constantItems() {
    return constantItems;
  }
}
