package dev.reprise.memory;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;

/**
 * A number as an accelerator has it, whether or not its host knows it yet: an operand of what is
 * launched there. Borrowed, both, from whoever has the handle.
 *
 * @param cell one cell of fp64 in that accelerator's memory
 * @param number the same number, for whoever needs it elsewhere
 */
public record NumberCell(ManagedMatrix cell, Handle number) implements Value {
  @Override
  public ValueType type() {
    return ValueType.DOUBLE;
  }

  @Override
  public long bytes() {
    return cell.bytes();
  }
}
