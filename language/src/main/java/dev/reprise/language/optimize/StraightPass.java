package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pass over code without control flow: walks the blocks in order and rewrites each list of
 * instructions for itself. Blocks whose lists stay as they were are kept, identity included.
 */
abstract class StraightPass {
  final Draft draft;

  /** Slots that have a value on every path to the instruction that comes next. */
  private BitSet assigned;

  /** Slots that the innermost loop around the code writes; null outside of loops. */
  private BitSet written;

  StraightPass(Draft draft) {
    this.draft = draft;
    this.assigned = (BitSet) draft.bound.clone();
  }

  /**
   * Rewrites instructions that run one after the other.
   *
   * @param operand what is read behind them, or -1
   * @param assigned slots that have a value before them; not to be changed
   * @return the same list when nothing changes
   */
  abstract Block.Code rewrite(List<Instruction> instructions, int operand, BitSet assigned);

  /** True in a loop in which the slot holds one value from beginning to end. */
  final boolean isInvariant(int operand) {
    return written != null && (operand < 0 || !written.get(operand));
  }

  final boolean isInLoop() {
    return written != null;
  }

  final List<Block> blocks(List<Block> blocks) {
    List<Block> rewritten = new ArrayList<>(blocks.size());
    boolean changed = false;
    for (Block block : blocks) {
      Block result = block(block);
      changed |= result != block;
      rewritten.add(result);
    }
    return changed ? List.copyOf(rewritten) : blocks;
  }

  private Block block(Block block) {
    if (block instanceof Block.Straight straight) {
      Block.Code before = new Block.Code(straight.instructions(), -1);
      Block.Code after = code(before);
      return after == before ? block : new Block.Straight(after.instructions());
    }
    if (block instanceof Block.If choice) {
      return choice(choice);
    }
    if (block instanceof Block.While loop) {
      return loop(loop);
    }
    if (block instanceof Block.For loop) {
      return counted(loop);
    }
    return parallel((Block.ParFor) block);
  }

  private Block choice(Block.If choice) {
    Block.Code predicate = code(choice.predicate());
    BitSet fork = assigned;
    assigned = (BitSet) fork.clone();
    List<Block> then = blocks(choice.then());
    BitSet both = assigned;
    assigned = fork;
    List<Block> otherwise = blocks(choice.otherwise());
    assigned.and(both);
    return predicate == choice.predicate()
            && then == choice.then()
            && otherwise == choice.otherwise()
        ? choice
        : new Block.If(predicate, then, otherwise, choice.position());
  }

  private Block loop(Block.While loop) {
    BitSet around = written;
    written = new BitSet();
    Writes.of(List.of(loop), written);
    Block.Code predicate = code(loop.predicate());
    BitSet outside = (BitSet) assigned.clone();
    List<Block> body = blocks(loop.body());
    assigned = outside;
    written = around;
    return predicate == loop.predicate() && body == loop.body()
        ? loop
        : new Block.While(predicate, body, loop.position());
  }

  private Block.For counted(Block.For loop) {
    Block.Code from = code(loop.from());
    Block.Code to = code(loop.to());
    Block.Code step = loop.step() == null ? null : code(loop.step());
    BitSet outside = (BitSet) assigned.clone();
    BitSet around = written;
    written = new BitSet();
    written.set(loop.variable());
    Writes.of(loop.body(), written);
    assigned.set(loop.variable());
    List<Block> body = blocks(loop.body());
    assigned = outside;
    written = around;
    return from == loop.from() && to == loop.to() && step == loop.step() && body == loop.body()
        ? loop
        : new Block.For(loop.variable(), from, to, step, body, loop.position());
  }

  private Block parallel(Block.ParFor loop) {
    Map<String, Block.Code> options = new LinkedHashMap<>();
    for (Map.Entry<String, Block.Code> option : loop.options().entrySet()) {
      options.put(option.getKey(), code(option.getValue()));
    }
    Block.For counted = counted(loop.loop());
    return counted == loop.loop() && options.equals(loop.options())
        ? loop
        : new Block.ParFor(counted, options, loop.results(), loop.readResults(), loop.position());
  }

  private Block.Code code(Block.Code code) {
    Block.Code result = rewrite(code.instructions(), code.operand(), assigned);
    for (Instruction instruction : result.instructions()) {
      for (int output : instruction.outputs()) {
        if (output >= 0) {
          assigned.set(output);
        }
      }
    }
    return result.instructions() == code.instructions() && result.operand() == code.operand()
        ? code
        : result;
  }
}
