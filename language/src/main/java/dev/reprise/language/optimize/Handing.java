package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.BitSet;
import java.util.List;

/** Whether calls are handed any of some slots, other than scalars. */
final class Handing {
  private final BitSet slots;
  private final Types types;

  Handing(BitSet slots, Types types) {
    this.slots = slots;
    this.types = types;
  }

  boolean isDoneIn(List<Block> blocks) {
    for (Block block : blocks) {
      if (isDoneIn(block)) {
        return true;
      }
    }
    return false;
  }

  private boolean isDoneIn(Block block) {
    if (block instanceof Block.Straight straight) {
      return isDoneBy(straight.instructions());
    }
    if (block instanceof Block.If choice) {
      return isDoneBy(choice.predicate().instructions())
          || isDoneIn(choice.then())
          || isDoneIn(choice.otherwise());
    }
    if (block instanceof Block.While loop) {
      return isDoneBy(loop.predicate().instructions()) || isDoneIn(loop.body());
    }
    Block.For loop = block instanceof Block.For f ? f : ((Block.ParFor) block).loop();
    return isDoneBy(loop.from().instructions())
        || isDoneBy(loop.to().instructions())
        || loop.step() != null && isDoneBy(loop.step().instructions())
        || isDoneIn(loop.body());
  }

  private boolean isDoneBy(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Call call) {
        for (Instruction.Argument argument : call.arguments()) {
          if (isHanded(argument.operand())) {
            return true;
          }
        }
      } else if (instruction instanceof Instruction.Compute compute
          && compute.operation().name().equals("eval")) {
        for (int input : compute.inputs()) {
          if (isHanded(input)) {
            return true;
          }
        }
      }
      // What is made from the slots may be handed on as well.
      if (reads(instruction)) {
        for (int output : instruction.outputs()) {
          if (output >= 0) {
            slots.set(output);
          }
        }
      }
    }
    return false;
  }

  private boolean reads(Instruction instruction) {
    if (instruction instanceof Instruction.Compute compute) {
      for (int input : compute.inputs()) {
        if (input >= 0 && slots.get(input)) {
          return true;
        }
      }
      return false;
    }
    return instruction instanceof Instruction.Copy copy
        && copy.from() >= 0
        && slots.get(copy.from());
  }

  private boolean isHanded(int operand) {
    return operand >= 0 && slots.get(operand) && !types.isScalar(operand);
  }
}
