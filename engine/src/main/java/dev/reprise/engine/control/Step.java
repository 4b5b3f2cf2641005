package dev.reprise.engine.control;

import dev.reprise.language.Position;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;

/**
 * A linked instruction. Stateless but for caches that any thread may fill with the same content.
 */
public abstract class Step {
  private final Position position;
  private final int[] releases;

  protected Step(Position position, int[] releases) {
    this.position = position;
    this.releases = releases;
  }

  public abstract void run(ControlContext context, Activation activation);

  /** What the step does, as messages name it. */
  public abstract String describe();

  /** Operands that a message about a failure should describe. */
  public abstract int[] inputs();

  /** What the step is about to make; null when that is not traced or takes running it. */
  public LineageItem itemOrNull(Activation activation) {
    return null;
  }

  /** What the step traces, whatever the values; null when only running it says that. */
  public StepTrace traceForm() {
    return null;
  }

  public final int[] releases() {
    return releases;
  }

  public final Position position() {
    return position;
  }

  /** Gives up the variables that nobody reads after this step. */
  public final void releaseDead(Activation activation) {
    for (int slot : releases) {
      activation.clear(slot);
    }
  }

  /** The operands' values, borrowed; fails on a variable that no path assigned. */
  public static Value[] gather(Activation activation, int[] operands) {
    Value[] values = new Value[operands.length];
    for (int i = 0; i < operands.length; i++) {
      values[i] = value(activation, operands[i]);
    }
    return values;
  }

  public static Value value(Activation activation, int operand) {
    Value value = activation.values[operand];
    if (value == null) {
      throw new OperandException(
          "variable '"
              + activation.layout.slotName(operand)
              + "' has no value here: no path to this statement assigned it");
    }
    return value;
  }
}
