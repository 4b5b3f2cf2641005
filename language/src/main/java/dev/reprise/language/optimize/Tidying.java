package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Cleans straight code after a rewrite: copies to intermediates, and intermediates nobody reads.
 */
final class Tidying {
  private Tidying() {}

  /**
   * Tidies code.
   *
   * @param orphans intermediates whose operation cannot fail, so that it may go
   */
  static Block.Code tidy(List<Instruction> code, int operand, BitSet orphans, Draft draft) {
    List<Instruction> instructions = new ArrayList<>(code);
    int end = operand;
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i) instanceof Instruction.Copy copy
          && draft.operands.isTemporary(copy.to())
          && isUnchangedWhileRead(copy, i, instructions, operand)) {
        instructions.remove(i);
        for (int k = i; k < instructions.size(); k++) {
          instructions.set(k, reading(instructions.get(k), copy.to(), copy.from()));
        }
        end = end == copy.to() ? copy.from() : end;
        i--;
      }
    }
    removeOrphans(instructions, end, orphans);
    writeVariablesDirectly(instructions, end, draft);
    return new Block.Code(List.copyOf(instructions), end);
  }

  /** {@code _1 = f(x); y = _1} is {@code y = f(x)} when nobody else reads the intermediate. */
  private static void writeVariablesDirectly(
      List<Instruction> instructions, int operand, Draft draft) {
    Uses uses = Uses.in(instructions, operand);
    for (int i = instructions.size() - 1; i > 0; i--) {
      if (instructions.get(i) instanceof Instruction.Copy copy
          && copy.from() >= 0
          && draft.operands.isTemporary(copy.from())
          && uses.of(copy.from()) == 1) {
        int maker = maker(copy, i, instructions);
        if (maker >= 0) {
          Instruction.Compute compute = (Instruction.Compute) instructions.get(maker);
          instructions.set(maker, compute.withOutput(copy.to()));
          instructions.remove(i);
        }
      }
    }
  }

  /**
   * Where the copied value is made, if nothing but copies stands in between, and none that touches
   * the target; else -1. What may fail in between must find the variable as it was: a conversation
   * shows it.
   */
  private static int maker(Instruction.Copy copy, int at, List<Instruction> instructions) {
    for (int i = at - 1; i >= 0; i--) {
      Instruction instruction = instructions.get(i);
      if (instruction instanceof Instruction.Compute compute
          && compute.outputs().length == 1
          && compute.outputs()[0] == copy.from()) {
        return i;
      }
      if (!(instruction instanceof Instruction.Copy)
          || reads(instruction, copy.to())
          || contains(instruction.outputs(), copy.to())) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isUnchangedWhileRead(
      Instruction.Copy copy, int at, List<Instruction> instructions, int operand) {
    if (copy.from() < 0) {
      // A constant that the code ends in stays a slot only where nothing else would be left.
      return true;
    }
    boolean overwritten = false;
    for (int i = at + 1; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      if (overwritten && reads(instruction, copy.to())) {
        return false;
      }
      for (int output : instruction.outputs()) {
        overwritten |= output == copy.from();
        if (output == copy.to()) {
          return false;
        }
      }
    }
    return !overwritten || operand != copy.to();
  }

  private static boolean reads(Instruction instruction, int slot) {
    if (instruction instanceof Instruction.Compute compute) {
      return contains(compute.inputs(), slot);
    }
    if (instruction instanceof Instruction.Call call) {
      for (Instruction.Argument argument : call.arguments()) {
        if (argument.operand() == slot) {
          return true;
        }
      }
      return false;
    }
    return ((Instruction.Copy) instruction).from() == slot;
  }

  private static boolean contains(int[] operands, int slot) {
    for (int operand : operands) {
      if (operand == slot) {
        return true;
      }
    }
    return false;
  }

  /** The instruction with another operand in place of a slot that it reads. */
  static Instruction reading(Instruction instruction, int slot, int operand) {
    if (!reads(instruction, slot)) {
      return instruction;
    }
    if (instruction instanceof Instruction.Compute compute) {
      int[] inputs = compute.inputs().clone();
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = inputs[i] == slot ? operand : inputs[i];
      }
      return compute.withInputs(inputs);
    }
    if (instruction instanceof Instruction.Call call) {
      List<Instruction.Argument> arguments = new ArrayList<>();
      for (Instruction.Argument argument : call.arguments()) {
        arguments.add(
            argument.operand() == slot
                ? new Instruction.Argument(argument.name(), operand)
                : argument);
      }
      return new Instruction.Call(
          call.function(),
          List.copyOf(arguments),
          call.outputs(),
          call.releases(),
          call.position());
    }
    Instruction.Copy copy = (Instruction.Copy) instruction;
    return new Instruction.Copy(operand, copy.to(), copy.releases(), copy.position());
  }

  private static void removeOrphans(List<Instruction> instructions, int operand, BitSet orphans) {
    if (orphans.isEmpty()) {
      return;
    }
    Uses uses = Uses.in(instructions, operand);
    List<Instruction> kept = new ArrayList<>(instructions.size());
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Instruction instruction = instructions.get(i);
      if (instruction instanceof Instruction.Compute compute
          && compute.outputs().length == 1
          && compute.outputs()[0] >= 0
          && orphans.get(compute.outputs()[0])
          && uses.of(compute.outputs()[0]) == 0) {
        uses.remove(compute.inputs());
      } else {
        kept.add(instruction);
      }
    }
    Collections.reverse(kept);
    instructions.clear();
    instructions.addAll(kept);
  }
}
