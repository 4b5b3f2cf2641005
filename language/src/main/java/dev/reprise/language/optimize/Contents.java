package dev.reprise.language.optimize;

import dev.reprise.language.ReversibleMap;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.operation.Evaluation;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which variables' values at the beginning of a loop's iteration are part of the trace of what the
 * slots hold now, on every path: {@code r = G %*% r} contains the r that there was. What a call
 * returns is not looked into and contains nothing for certain.
 */
final class Contents {
  /** Of a value that has the type already, a cast is the value itself. */
  private static final Set<String> CASTS = Set.of("as.matrix", "as.scalar", "as.frame");

  /** A slot whose value contains no variable has none here: a loop touches few slots of many. */
  private final ReversibleMap<Integer, Contained> contained = new ReversibleMap<>();

  /**
   * What the value of a slot contains.
   *
   * @param below variables that it contains as a proper part
   */
  private record Contained(BitSet within, BitSet below) {
    static final Contained NOTHING = new Contained(new BitSet(), new BitSet());

    Contained and(Contained other) {
      if (this == other) {
        return this;
      }
      return new Contained(both(within, other.within), both(below, other.below));
    }

    private static BitSet both(BitSet a, BitSet b) {
      BitSet both = (BitSet) a.clone();
      both.and(b);
      return both;
    }
  }

  private Contents() {}

  /** At the beginning of an iteration: every variable contains itself. */
  static Contents atBeginning(BitSet variables) {
    Contents contents = new Contents();
    for (int slot = variables.nextSetBit(0); slot >= 0; slot = variables.nextSetBit(slot + 1)) {
      BitSet itself = new BitSet();
      itself.set(slot);
      contents.set(slot, new Contained(itself, new BitSet()));
    }
    return contents;
  }

  boolean contains(int slot, int variable) {
    return of(slot).within.get(variable);
  }

  boolean containsBelow(int slot, int variable) {
    return of(slot).below.get(variable);
  }

  /** What the instruction's result will contain. */
  BitSet ofResult(Instruction.Compute compute) {
    BitSet all = new BitSet();
    for (int input : compute.inputs()) {
      all.or(of(input).within);
    }
    return all;
  }

  private Contained of(int operand) {
    return orNothing(contained.get(operand));
  }

  private static Contained orNothing(Contained value) {
    return value == null ? Contained.NOTHING : value;
  }

  void pass(Instruction instruction) {
    if (instruction instanceof Instruction.Copy copy) {
      set(copy.to(), of(copy.from()));
      return;
    }
    Contained result = Contained.NOTHING;
    if (instruction instanceof Instruction.Compute compute
        && compute.operation().opcode().evaluation() == Evaluation.KERNEL) {
      BitSet all = ofResult(compute);
      boolean cast = CASTS.contains(compute.operation().name());
      result = new Contained(all, cast ? of(compute.inputs()[0]).below : all);
    }
    for (int output : instruction.outputs()) {
      set(output, result);
    }
  }

  private void set(int slot, Contained value) {
    if (value.within.isEmpty()) {
      contained.remove(slot);
    } else if (slot >= 0) {
      contained.put(slot, value);
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
      int fork = mark();
      pass(choice.then());
      Map<Integer, Contained> then = contained.takeBack(fork);
      pass(choice.otherwise());
      // What neither has changed is what both contain.
      contained
          .changedSince(fork)
          .forEach((slot, before) -> {
            if (!then.containsKey(slot)) {
              meet(slot, before);
            }
          });
      then.forEach(this::meet);
    } else if (block instanceof Block.While loop) {
      passLoop(loop.predicate().instructions(), loop.body(), -1);
    } else if (block instanceof Block.For loop) {
      bounds(loop);
      passLoop(List.of(), loop.body(), loop.variable());
    } else {
      BitSet written = new BitSet();
      Writes.of(List.of(block), written);
      written.stream().forEach(contained::remove);
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
    contained.remove(variable);
    boolean changed = true;
    while (changed) {
      predicate.forEach(this::pass);
      int outside = mark();
      pass(body);
      predicate.forEach(this::pass);
      changed = false;
      for (Map.Entry<Integer, Contained> around : contained.takeBack(outside).entrySet()) {
        changed |= meet(around.getKey(), around.getValue());
      }
      contained.remove(variable);
    }
  }

  /** A place to come back to. */
  int mark() {
    return contained.mark();
  }

  /** All slots contain what they contained at a mark. */
  void takeBack(int mark) {
    contained.takeBack(mark);
  }

  /**
   * Keeps of a slot what it contains on another path as well.
   *
   * @param other on that path; null for nothing
   * @return whether that is less
   */
  private boolean meet(int slot, Contained other) {
    Contained here = of(slot);
    Contained both = here.and(orNothing(other));
    if (both.equals(here)) {
      return false;
    }
    set(slot, both);
    return true;
  }
}
