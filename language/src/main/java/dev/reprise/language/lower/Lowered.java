package dev.reprise.language.lower;

import dev.reprise.language.Position;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.operation.Operation;
import java.util.List;

/** An expression whose parts are computed and whose last step is not emitted yet. */
sealed interface Lowered {

  /** Nothing is left to do: the value is this slot or constant. */
  record Value(int operand) implements Lowered {}

  record Computation(Operation operation, int[] inputs, Position position) implements Lowered {}

  /**
   * @param results how many results the function declares
   */
  record Invocation(
      String function, List<Instruction.Argument> arguments, int results, Position position)
      implements Lowered {}
}
