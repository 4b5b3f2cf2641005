package dev.reprise.language.lower;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Adds releases to the instruction that runs first in a block. */
final class FirstInstruction {
  private FirstInstruction() {}

  /**
   * Lets the block's first instruction release the slots, and empties the set; a block whose first
   * step is no instruction is returned as it is and leaves the set.
   */
  static Block release(Block block, BitSet slots) {
    if (slots.isEmpty()) {
      return block;
    }
    if (block instanceof Block.Straight straight) {
      return new Block.Straight(first(straight.instructions(), slots));
    }
    if (block instanceof Block.If choice) {
      return new Block.If(
          code(choice.predicate(), slots), choice.then(), choice.otherwise(), choice.position());
    }
    if (block instanceof Block.For loop) {
      Block.Code from = code(loop.from(), slots);
      return new Block.For(
          loop.variable(), from, loop.to(), loop.step(), loop.body(), loop.position());
    }
    // The predicate of a while runs again and again, when the slot may be in use once more.
    return block;
  }

  private static Block.Code code(Block.Code code, BitSet slots) {
    return new Block.Code(first(code.instructions(), slots), code.operand());
  }

  private static List<Instruction> first(List<Instruction> instructions, BitSet slots) {
    if (instructions.isEmpty() || slots.isEmpty()) {
      return instructions;
    }
    Instruction first = instructions.getFirst();
    BitSet released = (BitSet) slots.clone();
    slots.clear();
    // What the instruction writes replaces the dead value anyway.
    BitSet outputs = new BitSet();
    Slots.addOutputs(first, outputs);
    released.andNot(outputs);
    for (int slot : first.releases()) {
      released.set(slot);
    }
    List<Instruction> changed = new ArrayList<>(instructions);
    changed.set(0, Slots.withReleases(first, released.stream().toArray()));
    return List.copyOf(changed);
  }
}
