package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Which instruction made the value that a slot holds, while a pass walks along straight code. A
 * slot that is written again holds another <em>version</em>.
 */
final class Values {
  private final Draft draft;

  /** Slots that have a value before the code. */
  private final BitSet assigned;

  /** By slot; none for one that was not written. Code without control flow writes few of many. */
  private final Map<Integer, Written> written = new HashMap<>();

  /**
   * What was written to a slot last.
   *
   * @param version how often the slot was written
   * @param by the instruction, if it computes one value; else null
   * @param versions of that instruction's inputs when it ran
   */
  private record Written(int version, Instruction.Compute by, int[] versions) {}

  /**
   * At the beginning of code.
   *
   * @param assigned slots that have a value before it; not to be changed any more
   */
  Values(Draft draft, BitSet assigned) {
    this.draft = draft;
    this.assigned = assigned;
  }

  /** Walks past an instruction. */
  void passed(Instruction instruction) {
    Instruction.Compute maker = null;
    int[] versions = null;
    if (instruction instanceof Instruction.Compute compute && compute.outputs().length == 1) {
      maker = compute;
      versions = new int[compute.inputs().length];
      for (int i = 0; i < versions.length; i++) {
        versions[i] = version(compute.inputs()[i]);
      }
    }
    for (int output : instruction.outputs()) {
      if (output >= 0) {
        written.put(output, new Written(version(output) + 1, maker, versions));
      }
    }
  }

  /** Counts how often the slot was written so far; 0 for constants. */
  int version(int operand) {
    Written last = operand < 0 ? null : written.get(operand);
    return last == null ? 0 : last.version;
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
    Written last = operand < 0 ? null : written.get(operand);
    if (last == null || last.by == null) {
      return null;
    }
    int[] inputs = last.by.inputs();
    for (int i = 0; i < inputs.length; i++) {
      if (version(inputs[i]) != last.versions[i]) {
        return null;
      }
    }
    return last.by;
  }

  /** True when the operand holds a matrix for certain, on every path. */
  boolean isMatrix(int operand) {
    return operand >= 0
        && (assigned.get(operand) || written.containsKey(operand))
        && draft.types().isMatrix(operand);
  }

  boolean isScalar(int operand) {
    return draft.types().isScalar(operand);
  }
}
