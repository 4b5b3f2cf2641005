package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.BitSet;
import java.util.List;

/** The slots that code writes on some path. */
final class Writes {
  private Writes() {}

  static void of(List<Block> blocks, BitSet slots) {
    for (Block block : blocks) {
      if (block instanceof Block.Straight straight) {
        ofCode(straight.instructions(), slots);
      } else if (block instanceof Block.If choice) {
        ofCode(choice.predicate().instructions(), slots);
        of(choice.then(), slots);
        of(choice.otherwise(), slots);
      } else if (block instanceof Block.While loop) {
        ofCode(loop.predicate().instructions(), slots);
        of(loop.body(), slots);
      } else if (block instanceof Block.For loop) {
        counted(loop, slots);
      } else {
        counted(((Block.ParFor) block).loop(), slots);
      }
    }
  }

  private static void counted(Block.For loop, BitSet slots) {
    slots.set(loop.variable());
    ofCode(loop.from().instructions(), slots);
    ofCode(loop.to().instructions(), slots);
    if (loop.step() != null) {
      ofCode(loop.step().instructions(), slots);
    }
    of(loop.body(), slots);
  }

  static void ofCode(List<Instruction> instructions, BitSet slots) {
    for (Instruction instruction : instructions) {
      for (int output : instruction.outputs()) {
        if (output >= 0) {
          slots.set(output);
        }
      }
    }
  }
}
