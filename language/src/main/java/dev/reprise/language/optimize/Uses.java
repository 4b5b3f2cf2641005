package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often straight code reads each slot. */
final class Uses {
  /** By slot; none for one that is not read. Code without control flow reads few of many. */
  private final Map<Integer, Integer> counts = new HashMap<>();

  private Uses() {}

  /**
   * The uses in code.
   *
   * @param operand what is read behind the instructions, or -1
   */
  static Uses in(List<Instruction> instructions, int operand) {
    Uses uses = new Uses();
    uses.add(operand);
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Compute compute) {
        for (int input : compute.inputs()) {
          uses.add(input);
        }
      } else if (instruction instanceof Instruction.Call call) {
        for (Instruction.Argument argument : call.arguments()) {
          uses.add(argument.operand());
        }
      } else {
        uses.add(((Instruction.Copy) instruction).from());
      }
    }
    return uses;
  }

  /** How often an operand is read; 0 for constants. */
  int of(int operand) {
    return counts.getOrDefault(operand, 0);
  }

  /** An instruction that reads these operands is gone. */
  void remove(int[] operands) {
    for (int operand : operands) {
      counts.computeIfPresent(operand, (_, count) -> count - 1);
    }
  }

  private void add(int operand) {
    if (operand >= 0) {
      counts.merge(operand, 1, Integer::sum);
    }
  }
}
