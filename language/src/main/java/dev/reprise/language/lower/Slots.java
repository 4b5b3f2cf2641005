package dev.reprise.language.lower;

import dev.reprise.language.program.Instruction;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which slots an instruction reads and writes. */
final class Slots {
  private Slots() {}

  /** Slots that the instruction reads; {@code exists} reads the one that it asks about. */
  static IntStream inputs(Instruction instruction) {
    return switch (instruction) {
      case Instruction.Compute compute ->
          compute.operation().name().equals("exists")
              ? slot(compute.operation().attributes().getLong("slot", -1))
              : Arrays.stream(compute.inputs()).filter(operand -> operand >= 0);
      case Instruction.Call call ->
          call.arguments().stream()
              .mapToInt(Instruction.Argument::operand)
              .filter(operand -> operand >= 0);
      case Instruction.Copy copy -> slot(copy.from());
    };
  }

  private static IntStream slot(long operand) {
    return operand < 0 ? IntStream.empty() : IntStream.of((int) operand);
  }

  static IntStream outputs(Instruction instruction) {
    return Arrays.stream(instruction.outputs()).filter(slot -> slot >= 0);
  }

  static Instruction withReleases(Instruction instruction, int[] releases) {
    return switch (instruction) {
      case Instruction.Compute c ->
          new Instruction.Compute(c.operation(), c.inputs(), c.outputs(), releases, c.position());
      case Instruction.Call c ->
          new Instruction.Call(c.function(), c.arguments(), c.outputs(), releases, c.position());
      case Instruction.Copy c -> new Instruction.Copy(c.from(), c.to(), releases, c.position());
    };
  }
}
