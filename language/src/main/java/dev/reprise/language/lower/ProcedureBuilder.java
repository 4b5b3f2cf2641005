package dev.reprise.language.lower;

import dev.reprise.language.optimize.Operands;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hands out the slots and constants of one procedure. */
final class ProcedureBuilder implements Operands {
  private final Map<String, Integer> slots = new HashMap<>();
  private final List<String> slotNames = new ArrayList<>();
  private final Map<String, Integer> constantNumbers = new HashMap<>();
  private final List<Scalar> constants = new ArrayList<>();

  /** The slot of a variable; made when first asked for. */
  int slot(String variable) {
    Integer known = slots.get(variable);
    if (known != null) {
      return known;
    }
    slotNames.add(variable);
    slots.put(variable, slotNames.size() - 1);
    return slotNames.size() - 1;
  }

  /** The slot of a variable, or -1 when the procedure has none of that name so far. */
  int existingSlot(String variable) {
    return slots.getOrDefault(variable, -1);
  }

  @Override
  public int temporary() {
    slotNames.add(null);
    return slotNames.size() - 1;
  }

  @Override
  public int constant(Scalar value) {
    // Type and text tell scalars apart, and need no record's hash code, which is slow to link.
    String key = value.type().name().concat(value.asString());
    Integer known = constantNumbers.get(key);
    if (known != null) {
      return known;
    }
    constants.add(value);
    int operand = ~(constants.size() - 1);
    constantNumbers.put(key, operand);
    return operand;
  }

  @Override
  public Scalar constantAt(int operand) {
    return operand < 0 ? constants.get(~operand) : null;
  }

  @Override
  public boolean isTemporary(int operand) {
    return operand >= 0 && slotNames.get(operand) == null;
  }

  @Override
  public String nameOf(int slot) {
    return slotNames.get(slot);
  }

  @Override
  public int slotCount() {
    return slotNames.size();
  }

  /** Variable names by slot, null for temporaries. */
  List<String> slotNames() {
    return slotNames;
  }

  List<Scalar> constants() {
    return List.copyOf(constants);
  }
}
