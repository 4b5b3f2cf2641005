package dev.reprise.language.lower;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills the releases of every instruction: the slots whose value nobody reads again.
 *
 * <p>A slot dies at an instruction (its last use, or a result that is never read), or on an edge:
 * one branch reads it and the other does not, or a loop read it and is left. There is no
 * instruction on an edge, so the first one behind it releases the slot; when a branch is empty, the
 * first one after the branches does, and the slot may then be empty already.
 *
 * <p>{@link Transfer} says what is live before a block, so each block is rewritten once.
 */
final class Liveness {
  private final Transfer.Table transfers = new Transfer.Table();

  /**
   * A sequence with its releases.
   *
   * @param unreleased slots that died on entry, or in the last block, and found no instruction
   */
  private record Sequence(List<Block> blocks, BitSet unreleased) {}

  /**
   * A block with its releases.
   *
   * @param dying slots that are dead behind the block and not released in it
   */
  private record Step(Block block, BitSet dying) {}

  /** Slots that are never released: a caller may read them whenever the program stops. */
  private final BitSet kept;

  private Liveness(BitSet kept) {
    this.kept = kept;
  }

  /**
   * Annotates a procedure's body.
   *
   * @param liveAtExit slots that the caller reads, also when an error ends the procedure
   */
  static List<Block> annotate(List<Block> body, BitSet liveAtExit) {
    return new Liveness(liveAtExit).sequence(body, liveAtExit, new BitSet()).blocks;
  }

  /** Annotates the code of a default value, after which any variable may be read. */
  static Block.Code annotateDefault(Block.Code code, BitSet variables) {
    return new Liveness(variables).code(code, variables);
  }

  private Sequence sequence(List<Block> blocks, BitSet after, BitSet dyingOnEntry) {
    BitSet[] behind = new BitSet[blocks.size()];
    BitSet live = after;
    for (int i = blocks.size() - 1; i >= 0; i--) {
      behind[i] = live;
      live = transfers.of(blocks.get(i)).before(live);
    }
    List<Block> annotated = new ArrayList<>(blocks.size());
    BitSet dying = dyingOnEntry;
    for (int i = 0; i < behind.length; i++) {
      Step step = step(blocks.get(i), behind[i]);
      BitSet carried = without(dying, kept);
      annotated.add(FirstInstruction.release(step.block, carried));
      dying = union(without(carried, behind[i]), step.dying);
    }
    return new Sequence(List.copyOf(annotated), dying);
  }

  private Step step(Block block, BitSet after) {
    if (block instanceof Block.Straight straight) {
      List<Instruction> instructions = instructions(straight.instructions(), after);
      return new Step(new Block.Straight(instructions), new BitSet());
    }
    if (block instanceof Block.If choice) {
      return choice(choice, after);
    }
    if (block instanceof Block.While loop) {
      return loop(loop, after);
    }
    if (block instanceof Block.For loop) {
      return counted(loop, after);
    }
    return parallel((Block.ParFor) block, after);
  }

  private Step choice(Block.If choice, BitSet after) {
    BitSet beforeThen = transfers.of(choice.then()).before(after);
    BitSet beforeOtherwise = transfers.of(choice.otherwise()).before(after);
    BitSet fork = union(beforeThen, beforeOtherwise);
    Slots.add(choice.predicate().operand(), fork);
    Sequence then = sequence(choice.then(), after, without(fork, beforeThen));
    Sequence otherwise = sequence(choice.otherwise(), after, without(fork, beforeOtherwise));
    return new Step(
        new Block.If(
            code(choice.predicate(), fork), then.blocks, otherwise.blocks, choice.position()),
        without(union(then.unreleased, otherwise.unreleased), after));
  }

  private Step loop(Block.While loop, BitSet after) {
    BitSet head = transfers.of(loop).before(after);
    BitSet beforeBody = transfers.of(loop.body()).before(head);
    BitSet fork = union(after, beforeBody);
    Slots.add(loop.predicate().operand(), fork);
    Sequence body = sequence(loop.body(), head, without(fork, beforeBody));
    return new Step(
        new Block.While(code(loop.predicate(), fork), body.blocks, loop.position()),
        without(fork, after));
  }

  private Step counted(Block.For loop, BitSet after) {
    BitSet head = union(after, transfers.bodyReads(loop));
    BitSet beforeBody = transfers.of(loop.body()).before(head);
    Sequence body = sequence(loop.body(), head, without(head, beforeBody));
    BitSet dying = copy(head);
    dying.set(loop.variable());
    return bounds(loop, body.blocks, head, without(dying, after));
  }

  private Step bounds(Block.For loop, List<Block> body, BitSet head, BitSet dying) {
    BitSet all = copy(dying);
    BitSet atStep = copy(head);
    Slots.add(loop.from().operand(), atStep);
    Slots.add(loop.to().operand(), atStep);
    BitSet atTo = atStep;
    if (loop.step() != null) {
      Slots.add(loop.step().operand(), all);
      atTo = liveBefore(loop.step(), atStep);
    }
    BitSet atFrom = liveBefore(loop.to(), atTo);
    Block.Code step = loop.step() == null ? null : code(loop.step(), atStep);
    return new Step(
        new Block.For(
            loop.variable(),
            code(loop.from(), atFrom),
            code(loop.to(), atTo),
            step,
            body,
            loop.position()),
        all);
  }

  private static BitSet liveBefore(Block.Code code, BitSet after) {
    BitSet live = copy(after);
    Slots.add(code.operand(), live);
    for (int i = code.instructions().size() - 1; i >= 0; i--) {
      Slots.stepBack(code.instructions().get(i), live);
    }
    return live;
  }

  /**
   * Workers share what they read from outside, so the body releases only what it makes itself; the
   * results are read by the merge.
   */
  private Step parallel(Block.ParFor loop, BitSet after) {
    Block.For counted = loop.loop();
    BitSet outside = transfers.outside(loop);
    Sequence body = sequence(counted.body(), outside, new BitSet());
    BitSet head = union(outside, after);
    Step bounds = bounds(counted, body.blocks, head, without(head, after));
    Map<String, Block.Code> options = new LinkedHashMap<>();
    for (Map.Entry<String, Block.Code> option : loop.options().entrySet()) {
      // Nothing but temporaries dies in an option: they may be computed in any order.
      BitSet live = copy(head);
      for (Instruction instruction : option.getValue().instructions()) {
        Slots.addInputs(instruction, live);
      }
      options.put(option.getKey(), code(option.getValue(), live));
    }
    return new Step(
        new Block.ParFor(
            (Block.For) bounds.block, options, loop.results(), loop.readResults(), loop.position()),
        bounds.dying);
  }

  private Block.Code code(Block.Code code, BitSet after) {
    BitSet live = copy(after);
    Slots.add(code.operand(), live);
    return new Block.Code(instructions(code.instructions(), live), code.operand());
  }

  private List<Instruction> instructions(List<Instruction> instructions, BitSet after) {
    List<Instruction> annotated = new ArrayList<>(instructions.size());
    BitSet live = copy(after);
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Instruction instruction = instructions.get(i);
      live.or(kept);
      annotated.add(Slots.withReleases(instruction, Slots.dead(instruction, live)));
      Slots.stepBack(instruction, live);
    }
    Collections.reverse(annotated);
    return List.copyOf(annotated);
  }

  private static BitSet copy(BitSet set) {
    return (BitSet) set.clone();
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet union = copy(a);
    union.or(b);
    return union;
  }

  private static BitSet without(BitSet set, BitSet removed) {
    BitSet rest = copy(set);
    rest.andNot(removed);
    return rest;
  }
}
