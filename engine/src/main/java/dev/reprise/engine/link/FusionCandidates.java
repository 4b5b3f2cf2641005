package dev.reprise.engine.link;

import dev.reprise.engine.fusion.AskingStep;
import dev.reprise.engine.fusion.FusableStep.Deferral;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import dev.reprise.runtime.operation.Evaluation;
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
    for (int i = at + 1; i < instructions.size(); i++) {
      Instruction next = instructions.get(i);
      if (!isPure(next)) {
        return -1;
      }
      if (reads(next, slot)) {
        boolean ends = contains(next.releases(), slot) || contains(next.outputs(), slot);
        return ends && (fusable[i] != null || asking[i]) ? i : -1;
      }
      if (contains(next.outputs(), slot) || contains(next.releases(), slot)) {
        return -1;
      }
    }
    return -1;
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
