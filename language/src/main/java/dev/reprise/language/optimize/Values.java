package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Which instruction made the value that a slot holds, while a pass walks along straight code. A
 * slot that is written again holds another <em>version</em>.
 */
final class Values {
  private final Draft draft;
  private final BitSet assigned;
  private int[] versions;
  private Made[] made;

  /** An instruction with the versions of its inputs when it ran. */
  private record Made(Instruction.Compute by, int[] versions) {}

  Values(Draft draft, BitSet assigned) {
    this.draft = draft;
    this.assigned = (BitSet) assigned.clone();
    this.versions = new int[draft.operands.slotCount()];
    this.made = new Made[versions.length];
  }

  /** Walks past an instruction. */
  void passed(Instruction instruction) {
    Made maker = null;
    if (instruction instanceof Instruction.Compute compute && compute.outputs().length == 1) {
      int[] inputs = compute.inputs();
      int[] at = new int[inputs.length];
      for (int i = 0; i < at.length; i++) {
        at[i] = version(inputs[i]);
      }
      maker = new Made(compute, at);
    }
    for (int output : instruction.outputs()) {
      if (output >= 0) {
        grow(output);
        versions[output]++;
        made[output] = maker;
        assigned.set(output);
      }
    }
  }

  /** Counts how often the slot was written so far; 0 for constants. */
  int version(int operand) {
    return operand < 0 || operand >= versions.length ? 0 : versions[operand];
  }

  /**
   * The instruction of that opcode that made the operand's value, if all that it read is unchanged
   * since; else null.
   */
  Instruction.Compute maker(int operand, String opcode) {
    Instruction.Compute by = maker(operand);
    return by != null && by.operation().name().equals(opcode) ? by : null;
  }

  Instruction.Compute maker(int operand) {
    if (operand < 0 || operand >= made.length || made[operand] == null) {
      return null;
    }
    Made maker = made[operand];
    int[] inputs = maker.by.inputs();
    for (int i = 0; i < inputs.length; i++) {
      if (version(inputs[i]) != maker.versions[i]) {
        return null;
      }
    }
    return maker.by;
  }

  /** True when the operand holds a matrix for certain, on every path. */
  boolean isMatrix(int operand) {
    return operand >= 0 && assigned.get(operand) && draft.types().isMatrix(operand);
  }

  boolean isScalar(int operand) {
    return draft.types().isScalar(operand);
  }

  private void grow(int slot) {
    if (slot >= versions.length) {
      int size = Math.max(slot + 1, 2 * versions.length);
      versions = Arrays.copyOf(versions, size);
      made = Arrays.copyOf(made, size);
    }
  }

  /** How often the instructions read a slot. */
  static int[] uses(List<Instruction> instructions, int operand, int slots) {
    int[] uses = new int[slots];
    if (operand >= 0) {
      uses[operand]++;
    }
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Compute compute) {
        for (int input : compute.inputs()) {
          count(input, uses);
        }
      } else if (instruction instanceof Instruction.Call call) {
        for (Instruction.Argument argument : call.arguments()) {
          count(argument.operand(), uses);
        }
      } else {
        count(((Instruction.Copy) instruction).from(), uses);
      }
    }
    return uses;
  }

  private static void count(int operand, int[] uses) {
    if (operand >= 0) {
      uses[operand]++;
    }
  }
}
