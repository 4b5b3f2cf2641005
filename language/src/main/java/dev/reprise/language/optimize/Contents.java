package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.operation.Evaluation;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Which variables' values at the beginning of a loop's iteration are part of the trace of what the
 * slots hold now, on every path: {@code r = G %*% r} contains the r that there was. What a call
 * returns is not looked into and contains nothing for certain.
 */
final class Contents {
  /** Of a value that has the type already, a cast is the value itself. */
  private static final Set<String> CASTS = Set.of("as.matrix", "as.scalar", "as.frame");

  /** By slot, which variables its value contains; null for none. */
  private final BitSet[] within;

  /** By slot, which variables its value contains as a proper part. */
  private final BitSet[] below;

  private Contents(BitSet[] within, BitSet[] below) {
    this.within = within;
    this.below = below;
  }

  /** At the beginning of an iteration: every variable contains itself. */
  static Contents atBeginning(BitSet variables, int slots) {
    Contents contents = new Contents(new BitSet[slots], new BitSet[slots]);
    for (int slot = variables.nextSetBit(0); slot >= 0; slot = variables.nextSetBit(slot + 1)) {
      contents.within[slot] = new BitSet();
      contents.within[slot].set(slot);
    }
    return contents;
  }

  boolean contains(int slot, int variable) {
    return within[slot] != null && within[slot].get(variable);
  }

  boolean containsBelow(int slot, int variable) {
    return below[slot] != null && below[slot].get(variable);
  }

  /** What the instruction's result will contain. */
  BitSet ofResult(Instruction.Compute compute) {
    BitSet all = new BitSet();
    for (int input : compute.inputs()) {
      if (input >= 0 && within[input] != null) {
        all.or(within[input]);
      }
    }
    return all;
  }

  void pass(Instruction instruction) {
    if (instruction instanceof Instruction.Copy copy) {
      set(
          copy.to(),
          copy.from() < 0 ? null : within[copy.from()],
          copy.from() < 0 ? null : below[copy.from()]);
      return;
    }
    if (instruction instanceof Instruction.Compute compute
        && compute.operation().opcode().evaluation() == Evaluation.KERNEL) {
      BitSet all = ofResult(compute);
      boolean cast = CASTS.contains(compute.operation().name());
      BitSet proper = cast ? below[Math.max(0, compute.inputs()[0])] : all;
      for (int output : compute.outputs()) {
        set(output, all, proper);
      }
      return;
    }
    for (int output : instruction.outputs()) {
      set(output, null, null);
    }
  }

  private void set(int slot, BitSet contained, BitSet proper) {
    if (slot >= 0) {
      within[slot] = contained;
      below[slot] = proper;
    }
  }

  void pass(List<Block> blocks) {
    for (Block block : blocks) {
      pass(block);
    }
  }

  void pass(Block block) {
    if (block instanceof Block.Straight straight) {
      straight.instructions().forEach(this::pass);
    } else if (block instanceof Block.If choice) {
      choice.predicate().instructions().forEach(this::pass);
      Contents other = copy();
      pass(choice.then());
      other.pass(choice.otherwise());
      meet(other);
    } else if (block instanceof Block.While loop) {
      passLoop(loop.predicate().instructions(), loop.body(), -1);
    } else if (block instanceof Block.For loop) {
      bounds(loop);
      passLoop(List.of(), loop.body(), loop.variable());
    } else {
      BitSet written = new BitSet();
      Writes.of(List.of(block), written);
      written.stream().forEach(slot -> set(slot, null, null));
    }
  }

  private void bounds(Block.For loop) {
    loop.from().instructions().forEach(this::pass);
    loop.to().instructions().forEach(this::pass);
    if (loop.step() != null) {
      loop.step().instructions().forEach(this::pass);
    }
  }

  /** Any number of iterations, none included: what holds before and after each of them. */
  private void passLoop(List<Instruction> predicate, List<Block> body, int variable) {
    set(variable, null, null);
    boolean changed = true;
    while (changed) {
      predicate.forEach(this::pass);
      Contents around = copy();
      around.pass(body);
      predicate.forEach(around::pass);
      changed = meet(around);
      set(variable, null, null);
    }
  }

  Contents copy() {
    return new Contents(within.clone(), below.clone());
  }

  /** Keeps what both contain; returns whether that is less. */
  private boolean meet(Contents other) {
    boolean changed = false;
    for (int i = 0; i < within.length; i++) {
      BitSet both = both(within[i], other.within[i]);
      BitSet proper = both(below[i], other.below[i]);
      changed |= size(both) != size(within[i]) || size(proper) != size(below[i]);
      within[i] = both;
      below[i] = proper;
    }
    return changed;
  }

  private static int size(BitSet set) {
    return set == null ? 0 : set.cardinality();
  }

  private static BitSet both(BitSet a, BitSet b) {
    if (a == null || b == null || a == b) {
      return a == b ? a : null;
    }
    BitSet both = (BitSet) a.clone();
    both.and(b);
    return both;
  }
}
