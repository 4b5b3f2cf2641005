package dev.reprise.language.lower;

import dev.reprise.language.program.Instruction;
import java.util.Arrays;
import java.util.BitSet;

/** Which slots an instruction reads and writes. */
final class Slots {
  private Slots() {}

  /** Adds the slots that the instruction reads; {@code exists} reads the one that it asks about. */
  static void addInputs(Instruction instruction, BitSet slots) {
    if (instruction instanceof Instruction.Compute compute) {
      for (int operand : inputs(compute)) {
        add(operand, slots);
      }
    } else if (instruction instanceof Instruction.Call call) {
      for (Instruction.Argument argument : call.arguments()) {
        add(argument.operand(), slots);
      }
    } else {
      add(((Instruction.Copy) instruction).from(), slots);
    }
  }

  private static int[] inputs(Instruction.Compute compute) {
    return compute.operation().name().equals("exists")
        ? new int[] {(int) compute.operation().attributes().getLong("slot", -1)}
        : compute.inputs();
  }

  /** Adds the slots that the instruction writes. */
  static void addOutputs(Instruction instruction, BitSet slots) {
    for (int slot : instruction.outputs()) {
      add(slot, slots);
    }
  }

  /** Adds the operand unless it is a constant or a dropped output. */
  static void add(int operand, BitSet slots) {
    if (operand >= 0) {
      slots.set(operand);
    }
  }

  /**
   * Walks one step backwards: takes the slots that the instruction writes out, those it reads in.
   */
  static void stepBack(Instruction instruction, BitSet live) {
    for (int slot : instruction.outputs()) {
      if (slot >= 0) {
        live.clear(slot);
      }
    }
    addInputs(instruction, live);
  }

  /** The slots that the instruction reads or writes and that are not live behind it, ascending. */
  static int[] dead(Instruction instruction, BitSet live) {
    if (instruction instanceof Instruction.Compute compute) {
      return dead(inputs(compute), compute.outputs(), live);
    }
    if (instruction instanceof Instruction.Call call) {
      int[] inputs = new int[call.arguments().size()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = call.arguments().get(i).operand();
      }
      return dead(inputs, call.outputs(), live);
    }
    Instruction.Copy copy = (Instruction.Copy) instruction;
    return dead(new int[] {copy.from()}, copy.outputs(), live);
  }

  private static int[] dead(int[] inputs, int[] outputs, BitSet live) {
    int[] found = new int[inputs.length + outputs.length];
    int n = 0;
    for (int[] operands : new int[][] {inputs, outputs}) {
      for (int operand : operands) {
        if (operand >= 0 && !live.get(operand)) {
          found[n++] = operand;
        }
      }
    }
    Arrays.sort(found, 0, n);
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || found[i] != found[i - 1]) {
        found[distinct++] = found[i];
      }
    }
    return Arrays.copyOf(found, distinct);
  }

  static Instruction withReleases(Instruction instruction, int[] releases) {
    if (instruction instanceof Instruction.Compute c) {
      return c.withReleases(releases);
    }
    if (instruction instanceof Instruction.Call c) {
      return new Instruction.Call(c.function(), c.arguments(), c.outputs(), releases, c.position());
    }
    Instruction.Copy copy = (Instruction.Copy) instruction;
    return new Instruction.Copy(copy.from(), copy.to(), releases, copy.position());
  }
}
