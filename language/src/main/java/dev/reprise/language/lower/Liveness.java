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
 * <p>A slot dies at an instruction (its last use, or a result that is never read), or on an edge: one
 * branch reads it and the other does not, or a loop read it and is left. There is no instruction on an
 * edge, so the first one behind it releases the slot; when a branch is empty, the first one after the
 * branches does, and the slot may then be empty already.
 *
 * <p>Blocks are walked backwards, loops until their set of live slots is stable.
 */
final class Liveness {

  /**
   * A sequence with its releases.
   *
   * @param before slots that are live on entry
   * @param unreleased slots that died on entry and found no instruction
   */
  private record Annotated(List<Block> blocks, BitSet before, BitSet unreleased) {}

  /**
   * A block with its releases.
   *
   * @param dying slots that are dead behind the block and not released in it
   */
  private record Step(Block block, BitSet before, BitSet dying) {}

  private record AnnotatedCode(Block.Code code, BitSet before) {}

  private Liveness() {}

  /**
   * Annotates a procedure's body.
   *
   * @param liveAtExit slots that the caller reads
   */
  static List<Block> annotate(List<Block> body, BitSet liveAtExit) {
    return sequence(body, liveAtExit, new BitSet()).blocks;
  }

  /** Annotates the code of a default value, after which any variable may be read. */
  static Block.Code annotateDefault(Block.Code code, BitSet variables) {
    return code(code, variables).code;
  }

  private static Annotated sequence(List<Block> blocks, BitSet after, BitSet dyingOnEntry) {
    BitSet[] behind = new BitSet[blocks.size()];
    Step[] steps = new Step[blocks.size()];
    BitSet live = after;
    for (int i = blocks.size() - 1; i >= 0; i--) {
      behind[i] = live;
      steps[i] = step(blocks.get(i), live);
      live = steps[i].before;
    }
    List<Block> annotated = new ArrayList<>(blocks.size());
    BitSet dying = copy(dyingOnEntry);
    for (int i = 0; i < steps.length; i++) {
      annotated.add(FirstInstruction.release(steps[i].block, dying));
      dying.andNot(behind[i]);
      dying.or(steps[i].dying);
    }
    return new Annotated(List.copyOf(annotated), live, dying);
  }

  private static Step step(Block block, BitSet after) {
    if (block instanceof Block.Straight straight) {
      List<Instruction> instructions = new ArrayList<>();
      BitSet before = instructions(straight.instructions(), after, instructions);
      return new Step(new Block.Straight(List.copyOf(instructions)), before, new BitSet());
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

  private static Step choice(Block.If choice, BitSet after) {
    BitSet fork = sequence(choice.then(), after, new BitSet()).before;
    fork = union(fork, sequence(choice.otherwise(), after, new BitSet()).before);
    Slots.add(choice.predicate().operand(), fork);
    Annotated then = branch(choice.then(), after, fork);
    Annotated otherwise = branch(choice.otherwise(), after, fork);
    AnnotatedCode predicate = code(choice.predicate(), fork);
    return new Step(
        new Block.If(predicate.code, then.blocks, otherwise.blocks, choice.position()),
        predicate.before,
        without(union(then.unreleased, otherwise.unreleased), after));
  }

  private static Annotated branch(List<Block> blocks, BitSet after, BitSet fork) {
    BitSet before = sequence(blocks, after, new BitSet()).before;
    return sequence(blocks, after, without(fork, before));
  }

  private static Step loop(Block.While loop, BitSet after) {
    BitSet head = copy(after);
    BitSet fork;
    AnnotatedCode predicate;
    while (true) {
      fork = union(after, sequence(loop.body(), head, new BitSet()).before);
      Slots.add(loop.predicate().operand(), fork);
      predicate = code(loop.predicate(), fork);
      BitSet next = union(head, predicate.before);
      if (next.equals(head)) {
        break;
      }
      head = next;
    }
    Annotated body = branch(loop.body(), head, fork);
    return new Step(
        new Block.While(predicate.code, body.blocks, loop.position()),
        predicate.before,
        without(fork, after));
  }

  private static Step counted(Block.For loop, BitSet after) {
    BitSet head = copy(after);
    while (true) {
      BitSet before = sequence(loop.body(), head, new BitSet()).before;
      before.clear(loop.variable());
      BitSet next = union(head, before);
      if (next.equals(head)) {
        break;
      }
      head = next;
    }
    Annotated body = branch(loop.body(), head, head);
    BitSet dying = copy(head);
    dying.set(loop.variable());
    return bounds(loop, body.blocks, head, without(dying, after));
  }

  /**
   * The bounds are computed once, in the order from, to, step, and all are read when the loop begins.
   */
  private static Step bounds(Block.For loop, List<Block> body, BitSet head, BitSet dying) {
    BitSet live = copy(head);
    Slots.add(loop.from().operand(), live);
    Slots.add(loop.to().operand(), live);
    BitSet all = copy(dying);
    if (loop.step() != null) {
      Slots.add(loop.step().operand(), live);
      Slots.add(loop.step().operand(), all);
    }
    AnnotatedCode step = loop.step() == null ? null : code(loop.step(), live);
    AnnotatedCode to = code(loop.to(), step == null ? live : step.before);
    AnnotatedCode from = code(loop.from(), to.before);
    return new Step(
        new Block.For(
            loop.variable(),
            from.code,
            to.code,
            step == null ? null : step.code,
            body,
            loop.position()),
        from.before,
        all);
  }

  /**
   * Workers share what they read from outside, so the body releases only what it makes itself; the
   * results are read by the merge.
   */
  private static Step parallel(Block.ParFor loop, BitSet after) {
    Block.For counted = loop.loop();
    BitSet results = new BitSet();
    for (int result : loop.results()) {
      results.set(result);
    }
    BitSet outside = copy(results);
    while (true) {
      BitSet before = sequence(counted.body(), outside, new BitSet()).before;
      before.clear(counted.variable());
      BitSet next = union(outside, before);
      if (next.equals(outside)) {
        break;
      }
      outside = next;
    }
    Annotated body = sequence(counted.body(), outside, new BitSet());
    BitSet head = union(outside, after);
    Step bounds = bounds(counted, body.blocks, head, without(head, after));
    BitSet live = bounds.before;
    Map<String, Block.Code> options = new LinkedHashMap<>();
    for (Map.Entry<String, Block.Code> option : loop.options().entrySet()) {
      AnnotatedCode value = code(option.getValue(), allSlots(option.getValue(), live));
      options.put(option.getKey(), value.code);
      live = union(live, value.before);
    }
    return new Step(
        new Block.ParFor(
            (Block.For) bounds.block,
            options,
            loop.results(),
            loop.readResults(),
            loop.position()),
        live,
        bounds.dying);
  }

  /** Options may be computed in any order: nothing that they read dies in them. */
  private static BitSet allSlots(Block.Code code, BitSet live) {
    BitSet all = copy(live);
    for (Instruction instruction : code.instructions()) {
      Slots.addInputs(instruction, all);
    }
    return all;
  }

  private static AnnotatedCode code(Block.Code code, BitSet after) {
    BitSet live = copy(after);
    Slots.add(code.operand(), live);
    List<Instruction> instructions = new ArrayList<>();
    BitSet before = instructions(code.instructions(), live, instructions);
    return new AnnotatedCode(new Block.Code(List.copyOf(instructions), code.operand()), before);
  }

  private static BitSet instructions(
      List<Instruction> instructions, BitSet after, List<Instruction> annotated) {
    BitSet live = copy(after);
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Instruction instruction = instructions.get(i);
      BitSet inputs = new BitSet();
      BitSet outputs = new BitSet();
      Slots.addInputs(instruction, inputs);
      Slots.addOutputs(instruction, outputs);
      annotated.add(
          Slots.withReleases(instruction, without(union(inputs, outputs), live)));
      live.andNot(outputs);
      live.or(inputs);
    }
    Collections.reverse(annotated);
    return live;
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
