package dev.reprise.language.lower;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a piece of code does to the set of live slots, walked backwards: {@code before = reads +
 * (after - writes)}.
 *
 * <p>The form is closed under sequence, choice and repetition: the least fixed point of a loop adds
 * nothing that one round does not find. So every piece is summarised once, whatever it is nested
 * in.
 *
 * @param reads slots that are read before they are written
 * @param writes slots that are written on every path
 */
record Transfer(BitSet reads, BitSet writes) {

  /** Summaries of a procedure's blocks; each is computed once. */
  static final class Table {
    private final Map<Block, Transfer> known = new IdentityHashMap<>();

    Transfer of(List<Block> blocks) {
      Transfer all = nothing();
      for (int i = blocks.size() - 1; i >= 0; i--) {
        all = of(blocks.get(i)).then(all);
      }
      return all;
    }

    Transfer of(Block block) {
      Transfer transfer = known.get(block);
      if (transfer == null) {
        transfer = compute(block);
        known.put(block, transfer);
      }
      return transfer;
    }

    private Transfer compute(Block block) {
      if (block instanceof Block.Straight straight) {
        return ofInstructions(straight.instructions());
      }
      if (block instanceof Block.If choice) {
        Transfer then = of(choice.then());
        Transfer otherwise = of(choice.otherwise());
        BitSet both = (BitSet) then.writes.clone();
        both.and(otherwise.writes);
        Transfer either = new Transfer(union(then.reads, otherwise.reads), both);
        return ofCode(choice.predicate()).then(either);
      }
      if (block instanceof Block.While loop) {
        Transfer body = of(loop.body());
        return ofCode(loop.predicate()).then(new Transfer(body.reads, new BitSet()));
      }
      if (block instanceof Block.For loop) {
        return bounds(loop).then(new Transfer(bodyReads(loop), new BitSet()));
      }
      Block.ParFor loop = (Block.ParFor) block;
      Transfer all = bounds(loop.loop()).then(new Transfer(outside(loop), new BitSet()));
      for (Block.Code option : loop.options().values()) {
        all = ofCode(option).then(all);
      }
      return all;
    }

    /** Slots that the iterations of a counted loop read from outside. */
    BitSet bodyReads(Block.For loop) {
      BitSet reads = (BitSet) of(loop.body()).reads.clone();
      reads.clear(loop.variable());
      return reads;
    }

    /** Slots that workers read from outside, and the results, which the merge reads. */
    BitSet outside(Block.ParFor loop) {
      BitSet outside = bodyReads(loop.loop());
      for (int result : loop.results()) {
        outside.set(result);
      }
      return outside;
    }
  }

  /** Bounds are computed once, in the order from, to, step, and all read when the loop begins. */
  private static Transfer bounds(Block.For loop) {
    BitSet operands = new BitSet();
    Slots.add(loop.from().operand(), operands);
    Slots.add(loop.to().operand(), operands);
    if (loop.step() != null) {
      Slots.add(loop.step().operand(), operands);
    }
    Transfer read = new Transfer(operands, new BitSet());
    Transfer step =
        loop.step() == null ? read : ofInstructions(loop.step().instructions()).then(read);
    return ofInstructions(loop.from().instructions())
        .then(ofInstructions(loop.to().instructions()))
        .then(step);
  }

  /** The code's instructions, then the reading of its operand. */
  private static Transfer ofCode(Block.Code code) {
    BitSet operand = new BitSet();
    Slots.add(code.operand(), operand);
    return ofInstructions(code.instructions()).then(new Transfer(operand, new BitSet()));
  }

  private static Transfer ofInstructions(List<Instruction> instructions) {
    BitSet reads = new BitSet();
    BitSet writes = new BitSet();
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Slots.addOutputs(instructions.get(i), writes);
      Slots.stepBack(instructions.get(i), reads);
    }
    return new Transfer(reads, writes);
  }

  private static Transfer nothing() {
    return new Transfer(new BitSet(), new BitSet());
  }

  /** This piece, then the other. */
  private Transfer then(Transfer next) {
    return new Transfer(before(next.reads), union(writes, next.writes));
  }

  /** Live slots before the piece, given those behind it. */
  BitSet before(BitSet after) {
    BitSet live = (BitSet) after.clone();
    live.andNot(writes);
    live.or(reads);
    return live;
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet union = (BitSet) a.clone();
    union.or(b);
    return union;
  }
}
