package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.operation.Evaluation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Unmarks what no later probe can ask for: results in the main program's loops whose trace contains
 * a variable that each iteration makes from its last value, as in {@code r = G %*% r}. Such a trace
 * grows from iteration to iteration, so none is like an earlier one.
 *
 * <p>A result stays marked when anything else could ask for it: another run of the program in the
 * session, another instruction that may compute the same ({@link Askers}), a function that is
 * handed what the loop made. Loops of functions stay as they are: the function may be called again
 * with the same arguments, and then every iteration is found again.
 */
final class Unmarking {
  private final Draft draft;
  private final Askers askers;

  private Unmarking(Draft draft, List<Block> main) {
    this.draft = draft;
    this.askers = new Askers(draft, main);
  }

  /** The main program, with instructions unmarked. */
  static List<Block> main(List<Block> blocks, Draft draft) {
    for (Block block : blocks) {
      if (!(block instanceof Block.Straight)) {
        return new Unmarking(draft, blocks).sequence(blocks);
      }
    }
    return blocks;
  }

  /** Code that runs once, in order. */
  private List<Block> sequence(List<Block> blocks) {
    List<Block> out = new ArrayList<>(blocks.size());
    BitSet handedOver = handedOver(blocks);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (block instanceof Block.If choice) {
        block =
            new Block.If(
                choice.predicate(),
                sequence(choice.then()),
                sequence(choice.otherwise()),
                choice.position());
      } else if (isLoop(block) && !handedOver.get(i)) {
        block = loop(block, null);
      }
      out.add(block);
    }
    return List.copyOf(out);
  }

  /** Places of loops that make something that a call in the loop or behind it gets. */
  private BitSet handedOver(List<Block> blocks) {
    BitSet places = new BitSet();
    if (blocks.stream().noneMatch(Unmarking::isLoop)) {
      return places;
    }
    Handing handing = new Handing(draft.types());
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Block block = blocks.get(i);
      handing.passBack(block);
      places.set(i, isLoop(block) && handing.isDoneWithAny(writtenBy(block)));
    }
    return places;
  }

  private static boolean isLoop(Block block) {
    return block instanceof Block.While || block instanceof Block.For;
  }

  private static BitSet writtenBy(Block loop) {
    BitSet written = new BitSet();
    Writes.of(List.of(loop), written);
    return written;
  }

  /**
   * A loop, with instructions unmarked.
   *
   * @param lasting variables that the loops around hand from one execution of this loop to the
   *     next, made further but never made anew; null when there is no loop around
   */
  private Block loop(Block loop, BitSet lasting) {
    BitSet variables = writtenBy(loop);
    for (int slot = variables.nextSetBit(0); slot >= 0; slot = variables.nextSetBit(slot + 1)) {
      if (draft.operands.isTemporary(slot) || !draft.types().isMatrix(slot)) {
        variables.clear(slot);
      }
    }
    if (lasting != null) {
      variables.and(lasting);
    }
    if (variables.isEmpty()) {
      return loop;
    }
    List<Block> body = loop instanceof Block.While w ? w.body() : ((Block.For) loop).body();
    List<Instruction> predicate =
        loop instanceof Block.While w ? w.predicate().instructions() : List.of();
    Contents end = Contents.atBeginning(variables);
    predicate.forEach(end::pass);
    end.pass(body);
    BitSet growing = new BitSet();
    for (int slot = variables.nextSetBit(0); slot >= 0; slot = variables.nextSetBit(slot + 1)) {
      growing.set(slot, end.containsBelow(slot, slot));
    }
    Contents contents = Contents.atBeginning(variables);
    predicate.forEach(contents::pass);
    List<Block> rewritten = body(body, contents, growing, variables);
    if (loop instanceof Block.While w) {
      return new Block.While(w.predicate(), rewritten, w.position());
    }
    Block.For counted = (Block.For) loop;
    return new Block.For(
        counted.variable(),
        counted.from(),
        counted.to(),
        counted.step(),
        rewritten,
        counted.position());
  }

  private List<Block> body(List<Block> blocks, Contents contents, BitSet growing, BitSet lasting) {
    List<Block> out = new ArrayList<>(blocks.size());
    FurtherMade behind = new FurtherMade(blocks, lasting);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (block instanceof Block.Straight straight) {
        out.add(straight(straight, contents, growing));
        continue;
      }
      if (block instanceof Block.If choice) {
        out.add(choice(choice, contents, growing));
      } else if (block instanceof Block.ParFor) {
        out.add(block);
      } else {
        out.add(loop(block, handedOn(contents, block, i, behind)));
      }
      contents.pass(block);
    }
    return List.copyOf(out);
  }

  private Block choice(Block.If choice, Contents contents, BitSet growing) {
    int before = contents.mark();
    choice.predicate().instructions().forEach(contents::pass);
    int fork = contents.mark();
    List<Block> then = body(choice.then(), contents, growing, new BitSet());
    contents.takeBack(fork);
    List<Block> otherwise = body(choice.otherwise(), contents, growing, new BitSet());
    contents.takeBack(before);
    return new Block.If(choice.predicate(), then, otherwise, choice.position());
  }

  /**
   * Of the variables that a loop in the body of another writes, those that it begins with as the
   * last iteration of the outer one left them, or made further, and that are only made further
   * behind it. Of a loop in a branch that is not known.
   */
  private static BitSet handedOn(Contents before, Block loop, int place, FurtherMade behind) {
    BitSet handed = writtenBy(loop);
    for (int slot = handed.nextSetBit(0); slot >= 0; slot = handed.nextSetBit(slot + 1)) {
      if (!before.contains(slot, slot)) {
        handed.clear(slot);
      }
    }
    behind.keepIn(handed, place);
    return handed;
  }

  private Block straight(Block.Straight straight, Contents contents, BitSet growing) {
    List<Instruction> out = new ArrayList<>(straight.instructions().size());
    Values values = new Values(draft, new BitSet());
    Notation notation = new Notation(draft.operands, values);
    for (Instruction instruction : straight.instructions()) {
      Instruction result = instruction;
      if (instruction instanceof Instruction.Compute compute
          && compute.operation().opcode().evaluation() == Evaluation.KERNEL
          && isAlone(compute)
          && contents.ofResult(compute).intersects(growing)
          && askers.isOnly(compute)) {
        draft.note(
            "unmarked", compute.position(), notation.of(compute), "neither looked up nor kept");
        result = compute.unmarked();
      }
      contents.pass(instruction);
      values.passed(instruction);
      out.add(result);
    }
    return new Block.Straight(List.copyOf(out));
  }

  /** A plan in which other products may be asked for stays marked. */
  private static boolean isAlone(Instruction.Compute compute) {
    return compute.plain().isEmpty() || compute.operation().name().equals("mmchain");
  }
}
