package dev.reprise.language.program;

import dev.reprise.language.Position;
import java.util.List;
import java.util.Map;

/** A piece of a procedure's body. */
public sealed interface Block {

  /** Instructions without control flow. */
  record Straight(List<Instruction> instructions) implements Block {}

  /** Instructions that compute a condition, a loop bound or a default value. */
  record Code(List<Instruction> instructions, int operand) {}

  record If(Code predicate, List<Block> then, List<Block> otherwise, Position position)
      implements Block {}

  record While(Code predicate, List<Block> body, Position position) implements Block {}

  /**
   * A counted loop over {@code from, from + step, ...} up to {@code to}, or over {@code range}.
   *
   * @param variable slot of the loop variable, an integer when bounds and step are whole
   * @param step null when left out: 1, or -1 for a descending {@code seq} without increment
   */
  record For(int variable, Code from, Code to, Code step, List<Block> body, Position position)
      implements Block {}

  /**
   * A loop whose iterations may run at once.
   *
   * @param options option name (check, par, mode, opt, ...) to operand computed by {@code
   *     optionCode}; values as scripts give them
   * @param results slots that existed before the loop and are left-indexed in it; merged in
   *     iteration order
   * @param readResults the subset of {@code results} that the body also reads other than through
   *     the left-indexing itself, so that a worker needs its own running copy
   */
  record ParFor(
      For loop, Map<String, Code> options, int[] results, int[] readResults, Position position)
      implements Block {}
}
