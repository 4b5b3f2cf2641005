package dev.reprise.engine.link;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which slots a block may write or clear, its nested blocks included. */
final class WrittenSlots {
  private WrittenSlots() {}

  /** All slots that a loop may write or clear, ascending. */
  static int[] of(Block loop) {
    return of(List.of(loop));
  }

  /** All slots that the blocks may write or clear, ascending. */
  static int[] of(List<Block> blocks) {
    Set<Integer> slots = new TreeSet<>();
    blocks.forEach(block -> collect(block, slots));
    return slots.stream().mapToInt(Integer::intValue).toArray();
  }

  /** All slots that a block writes, its nested blocks included. */
  static void collect(Block block, Set<Integer> slots) {
    if (block instanceof Block.Straight straight) {
      collectOutputs(straight.instructions(), slots);
    } else if (block instanceof Block.If branch) {
      collectOutputs(branch.predicate().instructions(), slots);
      branch.then().forEach(b -> collect(b, slots));
      branch.otherwise().forEach(b -> collect(b, slots));
    } else if (block instanceof Block.While loop) {
      collectOutputs(loop.predicate().instructions(), slots);
      loop.body().forEach(b -> collect(b, slots));
    } else if (block instanceof Block.For loop) {
      slots.add(loop.variable());
      List<Instruction> bounds = new ArrayList<>(loop.from().instructions());
      bounds.addAll(loop.to().instructions());
      if (loop.step() != null) {
        bounds.addAll(loop.step().instructions());
      }
      collectOutputs(bounds, slots);
      loop.body().forEach(b -> collect(b, slots));
    } else {
      collect(((Block.ParFor) block).loop(), slots);
    }
  }

  private static void collectOutputs(List<? extends Instruction> instructions, Set<Integer> slots) {
    for (Instruction instruction : instructions) {
      for (int slot : instruction.outputs()) {
        if (slot >= 0) {
          slots.add(slot);
        }
      }
      if (instruction instanceof Instruction.Compute plan) {
        collectOutputs(plan.plain(), slots);
      }
      // Released variables of an iteration come back for the next one, too.
      for (int slot : instruction.releases()) {
        slots.add(slot);
      }
    }
  }
}
