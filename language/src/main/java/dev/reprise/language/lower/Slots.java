package dev.reprise.language.lower;

import dev.reprise.language.program.Instruction;
import java.util.BitSet;

/** Which slots an instruction reads and writes. */
final class Slots {
  private Slots() {}

  /** Adds the slots that the instruction reads; {@code exists} reads the one that it asks about. */
  static void addInputs(Instruction instruction, BitSet slots) {
    if (instruction instanceof Instruction.Compute compute) {
      if (compute.operation().name().equals("exists")) {
        add((int) compute.operation().attributes().getLong("slot", -1), slots);
      }
      for (int operand : compute.inputs()) {
        add(operand, slots);
      }
    } else if (instruction instanceof Instruction.Call call) {
      for (Instruction.Argument argument : call.arguments()) {
        add(argument.operand(), slots);
      }
    } else {
      add(((Instruction.Copy) instruction).from(), slots);
    }
  }

  /** Adds the slots that the instruction writes. */
  static void addOutputs(Instruction instruction, BitSet slots) {
    for (int slot : instruction.outputs()) {
      add(slot, slots);
    }
  }

  /** Adds the operand unless it is a constant or a dropped output. */
  static void add(int operand, BitSet slots) {
    if (operand >= 0) {
      slots.set(operand);
    }
  }

  static Instruction withReleases(Instruction instruction, BitSet slots) {
    int[] releases = new int[slots.cardinality()];
    int n = 0;
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      releases[n++] = slot;
    }
    if (instruction instanceof Instruction.Compute c) {
      return new Instruction.Compute(
          c.operation(), c.inputs(), c.outputs(), releases, c.position());
    }
    if (instruction instanceof Instruction.Call c) {
      return new Instruction.Call(c.function(), c.arguments(), c.outputs(), releases, c.position());
    }
    Instruction.Copy copy = (Instruction.Copy) instruction;
    return new Instruction.Copy(copy.from(), copy.to(), releases, copy.position());
  }
}
