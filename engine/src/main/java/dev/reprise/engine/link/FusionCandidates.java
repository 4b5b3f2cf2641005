package dev.reprise.engine.link;

import dev.reprise.engine.fusion.AskingStep;
import dev.reprise.engine.fusion.FusableStep.Deferral;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import dev.reprise.runtime.operation.Evaluation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the operations of a straight block whose values have one reader, which may compute them
 * inside its own loop, or do without them.
 *
 * <p>An operation may be deferred to its reader when the reader is fusable, too, or asks for its
 * own value first ({@link AskingStep}), no other instruction reads or overwrites the value, it is
 * dead afterwards, and nothing but pure operations lies in between: no call and no effect.
 */
final class FusionCandidates {
  private final List<Instruction> instructions;

  /** What each instruction may contribute to a loop, or null. */
  private final FusableOperation[] fusable;

  /** Which instructions ask for their value before they need their operands. */
  private final boolean[] asking;

  /** Slots that change while the innermost loop around the block runs; null outside of loops. */
  private final Set<Integer> changing;

  private final boolean[] invariant;

  /** For each instruction the first behind it that mentions what it writes first; else -1. */
  private final int[] mentions;

  /** For each instruction the first from there on that is not pure; else their number. */
  private final int[] impure;

  FusionCandidates(
      List<Instruction> instructions,
      FusableOperation[] fusable,
      boolean[] asking,
      Set<Integer> changing) {
    this.instructions = instructions;
    this.fusable = fusable;
    this.asking = asking;
    this.changing = changing;
    this.invariant = invariants();
    this.mentions = new int[instructions.size()];
    this.impure = new int[instructions.size()];
    lookAhead();
  }

  private void lookAhead() {
    Map<Integer, Integer> next = new HashMap<>();
    int nextImpure = instructions.size();
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Instruction instruction = instructions.get(i);
      nextImpure = isPure(instruction) ? nextImpure : i;
      impure[i] = nextImpure;
      int[] outputs = instruction.outputs();
      mentions[i] = outputs.length == 0 ? -1 : next.getOrDefault(outputs[0], -1);
      note(outputs, i, next);
      note(instruction.releases(), i, next);
      if (instruction instanceof Instruction.Compute compute) {
        note(compute.inputs(), i, next);
      } else if (instruction instanceof Instruction.Copy copy) {
        next.put(copy.from(), i);
      }
    }
  }

  private static void note(int[] slots, int at, Map<Integer, Integer> places) {
    for (int slot : slots) {
      places.put(slot, at);
    }
  }

  /**
   * May the instruction at this place be left to its reader? A value that every iteration of the
   * loop around computes again is left only when it is cheap, unless its reader computes the same
   * in every iteration as well.
   */
  Deferral deferral(int at) {
    int reader = reader(at);
    if (reader < 0) {
      return Deferral.NEVER;
    }
    boolean comesAgain = invariant[at] && !invariant[reader];
    if (asking[reader]) {
      return comesAgain ? Deferral.NEVER : Deferral.ASKED;
    }
    return comesAgain ? Deferral.IF_CHEAP : Deferral.ALWAYS;
  }

  /** The instruction that the one at this place may be left to; negative for none. */
  int reader(int at) {
    int slot = instructions.get(at).outputs()[0];
    return fusable[at] == null || fusable[at].isAggregate() || slot < 0 ? -1 : onlyReader(at, slot);
  }

  private int onlyReader(int at, int slot) {
    int next = mentions[at];
    if (next < 0 || impure[at] <= next) {
      return -1;
    }
    Instruction reader = instructions.get(next);
    boolean ends = contains(reader.releases(), slot) || contains(reader.outputs(), slot);
    return reads(reader, slot) && ends && (fusable[next] != null || asking[next]) ? next : -1;
  }

  /**
   * Instructions at which a product's value, made to something by operations between, is multiplied
   * with a value that may be a mask, or such a value divided by it ({@link
   * dev.reprise.engine.fusion.ProductStep}): each with the number of that operand. Empty where the
   * product, or what is made of it, is needed otherwise.
   *
   * @param at of the product
   * @param deferrals of all instructions
   */
  List<Masking> maskings(int at, Deferral[] deferrals) {
    List<Masking> found = new ArrayList<>();
    int value = at;
    int reader = fusableReader(at);
    while (reader >= 0 && !(invariant[at] && !invariant[reader])) {
      found.addAll(maskings(at, value, reader));
      value = reader;
      reader = deferrals[value] == Deferral.ALWAYS ? fusableReader(value) : -1;
    }
    return found;
  }

  /** An operand of an instruction that may mask a product. */
  record Masking(int instruction, int operand) {}

  private List<Masking> maskings(int product, int value, int reader) {
    String opcode = fusable[reader].opcode();
    boolean divides = opcode.equals("/");
    if (!divides && !opcode.equals("*")) {
      return List.of();
    }
    List<Masking> found = new ArrayList<>();
    int[] inputs = ((Instruction.Compute) instructions.get(reader)).inputs();
    int slot = instructions.get(value).outputs()[0];
    for (int operand = 0; operand < (divides ? 1 : 2); operand++) {
      boolean isThere =
          inputs[operand] >= 0
              && inputs[operand] != slot
              && !isWritten(inputs[operand], product, reader);
      if (isThere) {
        found.add(new Masking(reader, operand));
      }
    }
    return found;
  }

  /** Whether an instruction from one place to before another writes a slot. */
  private boolean isWritten(int slot, int from, int to) {
    for (int i = from; i < to; i++) {
      if (contains(instructions.get(i).outputs(), slot)) {
        return true;
      }
    }
    return false;
  }

  private int fusableReader(int at) {
    int slot = instructions.get(at).outputs()[0];
    int reader = slot < 0 ? -1 : onlyReader(at, slot);
    return reader >= 0 && fusable[reader] != null && !fusable[reader].isAggregate() ? reader : -1;
  }

  private static boolean isPure(Instruction instruction) {
    return instruction instanceof Instruction.Copy
        || (instruction instanceof Instruction.Compute compute
            && compute.operation().opcode().evaluation() == Evaluation.KERNEL);
  }

  private static boolean reads(Instruction instruction, int slot) {
    return instruction instanceof Instruction.Compute compute
        ? contains(compute.inputs(), slot)
        : ((Instruction.Copy) instruction).from() == slot;
  }

  /** Which instructions compute the same whenever the loop around comes to them. */
  private boolean[] invariants() {
    boolean[] same = new boolean[instructions.size()];
    if (changing == null) {
      return same;
    }
    Map<Integer, Boolean> written = new HashMap<>();
    for (int i = 0; i < same.length; i++) {
      same[i] =
          instructions.get(i) instanceof Instruction.Compute compute && isSame(compute, written);
      for (int slot : instructions.get(i).outputs()) {
        written.put(slot, same[i]);
      }
    }
    return same;
  }

  /**
   * @param written slots that the block has written so far, and whether with the same value
   */
  private boolean isSame(Instruction.Compute compute, Map<Integer, Boolean> written) {
    if (compute.operation().opcode().seedParameter() >= 0) {
      return false;
    }
    for (int input : compute.inputs()) {
      if (input >= 0 && changing.contains(input) && !written.getOrDefault(input, false)) {
        return false;
      }
    }
    return true;
  }

  private static boolean contains(int[] slots, int slot) {
    for (int each : slots) {
      if (each == slot) {
        return true;
      }
    }
    return false;
  }
}
