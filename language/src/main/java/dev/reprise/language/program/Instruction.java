package dev.reprise.language.program;

import dev.reprise.language.Position;
import dev.reprise.runtime.operation.Operation;
import java.util.List;

/** One step of a straight-line block. Arrays belong to the record and are never changed. */
public sealed interface Instruction {

  Position position();

  /** Slots that the instruction writes, in order of its outputs; -1 drops an output. */
  int[] outputs();

  /**
   * Slots whose value is not read again after this instruction on any path: its temporaries, and
   * variables that liveness analysis found dead. The engine releases them.
   */
  int[] releases();

  /**
   * An operation of the table: {@code outputs = operation(inputs)}.
   *
   * <p>Inputs are in the order of the opcode's parameters, left-out arguments filled with the
   * default constants, then the variadic ones.
   *
   * @param reusable false when no later probe can ask for the result, so that it is neither looked
   *     up nor kept
   * @param plain when not empty, the instructions that this one may stand for, in order; the last
   *     writes its output, the others temporaries that nobody else reads. The engine decides with
   *     the operands at hand, and runs these where the operation does not apply
   */
  record Compute(
      Operation operation,
      int[] inputs,
      int[] outputs,
      int[] releases,
      Position position,
      boolean reusable,
      List<Compute> plain)
      implements Instruction {

    public Compute {
      plain = List.copyOf(plain);
    }

    /** A reusable instruction that stands for itself. */
    public Compute(
        Operation operation, int[] inputs, int[] outputs, int[] releases, Position position) {
      this(operation, inputs, outputs, releases, position, true, List.of());
    }

    public Compute withInputs(int[] operands) {
      return new Compute(operation, operands, outputs, releases, position, reusable, plain);
    }

    /** The same operation with its only result in another slot. */
    public Compute withOutput(int slot) {
      return new Compute(operation, inputs, new int[] {slot}, releases, position, reusable, plain);
    }

    public Compute withReleases(int[] slots) {
      return new Compute(operation, inputs, outputs, slots, position, reusable, plain);
    }

    /** The same instruction, whose result nobody will ask for again. */
    public Compute unmarked() {
      return new Compute(operation, inputs, outputs, releases, position, false, plain);
    }
  }

  /** A call of a user or library function, by the name under which the program lists it. */
  record Call(
      String function, List<Argument> arguments, int[] outputs, int[] releases, Position position)
      implements Instruction {}

  /** {@code to = from}; both name the same immutable value afterwards. */
  record Copy(int from, int to, int[] releases, Position position) implements Instruction {

    @Override
    public int[] outputs() {
      return new int[] {to};
    }
  }

  /**
   * One argument of a call.
   *
   * @param name the parameter's name, or null when positional
   * @param operand slot or constant
   */
  record Argument(String name, int operand) {}
}
