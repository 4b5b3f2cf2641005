package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.BitSet;
import java.util.List;

/**
 * Which slots hold something that calls are handed further on, other than scalars, or that such a
 * thing is made of. Code is walked from its end to its beginning, once for all places of it; that a
 * slot is written anew in between is not looked at.
 */
final class Handing {
  private final Types types;

  /** Slots whose values at this place are handed to a call behind it. */
  private final BitSet handed = new BitSet();

  Handing(Types types) {
    this.types = types;
  }

  /** True when a call in the code that was walked so far is handed any of the slots. */
  boolean isDoneWithAny(BitSet slots) {
    return handed.intersects(slots);
  }

  private void passBack(List<Block> blocks) {
    blocks.reversed().forEach(this::passBack);
  }

  /** Walks past a block, which stands in front of all others so far. */
  void passBack(Block block) {
    if (block instanceof Block.Straight straight) {
      passBackCode(straight.instructions());
    } else if (block instanceof Block.If choice) {
      passBack(choice.otherwise());
      passBack(choice.then());
      passBackCode(choice.predicate().instructions());
    } else if (block instanceof Block.While loop) {
      passBack(loop.body());
      passBackCode(loop.predicate().instructions());
    } else {
      counted(block instanceof Block.For f ? f : ((Block.ParFor) block).loop());
    }
  }

  private void counted(Block.For loop) {
    passBack(loop.body());
    if (loop.step() != null) {
      passBackCode(loop.step().instructions());
    }
    passBackCode(loop.to().instructions());
    passBackCode(loop.from().instructions());
  }

  private void passBackCode(List<Instruction> instructions) {
    for (Instruction instruction : instructions.reversed()) {
      if (instruction instanceof Instruction.Compute compute) {
        passBack(compute);
      } else if (instruction instanceof Instruction.Call call) {
        call.arguments().forEach(argument -> hand(argument.operand()));
      } else if (instruction instanceof Instruction.Copy copy) {
        if (isHanded(copy.to())) {
          add(copy.from());
        }
      }
    }
  }

  private void passBack(Instruction.Compute compute) {
    // What is made from the slots may be handed on as well.
    boolean makesHanded = false;
    for (int output : compute.outputs()) {
      makesHanded |= isHanded(output);
    }
    boolean calls = compute.operation().name().equals("eval");
    for (int input : compute.inputs()) {
      if (makesHanded) {
        add(input);
      }
      if (calls) {
        hand(input);
      }
    }
  }

  private boolean isHanded(int slot) {
    return slot >= 0 && handed.get(slot);
  }

  private void hand(int operand) {
    if (!types.isScalar(operand)) {
      add(operand);
    }
  }

  private void add(int operand) {
    if (operand >= 0) {
      handed.set(operand);
    }
  }
}
