package dev.reprise.language.optimize;

import dev.reprise.runtime.Scalar;

/** The slots and constants of the procedure that is being rewritten. */
public interface Operands {

  /** A new slot without a name. */
  int temporary();

  /** The operand number of a constant, which is negative. */
  int constant(Scalar value);

  /** The constant behind an operand, or null when it is a slot. */
  Scalar constantAt(int operand);

  /** True for slots without a name. */
  boolean isTemporary(int operand);

  /** The variable of a slot, or null. */
  String nameOf(int slot);

  int slotCount();
}
