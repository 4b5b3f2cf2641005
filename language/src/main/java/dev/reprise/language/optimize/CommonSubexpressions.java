package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.CalledFunctions;
import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.operation.Evaluation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes what straight code computes twice once: the same operation on the same versions of the
 * same operands. The first stays where it is, so it fails where it failed; the second becomes a
 * copy. Operations that draw a seed are never equal.
 */
final class CommonSubexpressions extends StraightPass {

  CommonSubexpressions(Draft draft) {
    super(draft);
  }

  @Override
  Block.Code rewrite(List<Instruction> instructions, int operand, BitSet assigned) {
    if (!hasCandidate(instructions)) {
      return new Block.Code(instructions, operand);
    }
    Values values = new Values(draft, assigned);
    Notation notation = new Notation(draft.operands, values);
    Map<List<Object>, List<Known>> known = new HashMap<>();
    List<Instruction> out = new ArrayList<>(instructions.size());
    boolean changed = false;
    Map<Integer, First> first = new HashMap<>();
    for (Instruction instruction : instructions) {
      Instruction result = throughCopies(instruction, first, values);
      if (result instanceof Instruction.Compute compute && isPure(compute)) {
        List<Known> candidates = known.getOrDefault(reading(compute, values), List.of());
        Known equal = find(compute, candidates, values);
        if (equal != null) {
          int value = equal.by.outputs()[0];
          draft.note(
              "common subexpression",
              compute.position(),
              notation.of(compute),
              "the value of line " + equal.by.position().line());
          result =
              new Instruction.Copy(value, compute.outputs()[0], Draft.NOTHING, compute.position());
          first.put(compute.outputs()[0], new First(value, equal.output));
          changed = true;
        }
      }
      out.add(result);
      if (result instanceof Instruction.Compute compute && isPure(compute)) {
        List<Object> reading = reading(compute, values);
        values.passed(result);
        known
            .computeIfAbsent(reading, _ -> new ArrayList<>(2))
            .add(new Known(compute, values.version(compute.outputs()[0])));
      } else {
        values.passed(result);
      }
    }
    return changed
        ? Tidying.tidy(out, operand, new BitSet(), draft)
        : new Block.Code(instructions, operand);
  }

  /**
   * The instruction on the first of equal values, where that is still there: it may be known, too.
   */
  private Instruction throughCopies(
      Instruction instruction, Map<Integer, First> first, Values values) {
    if (first.isEmpty() || !(instruction instanceof Instruction.Compute compute)) {
      return instruction;
    }
    Instruction result = compute;
    for (int input : compute.inputs()) {
      First value = first.get(input);
      if (value != null
          && draft.operands.isTemporary(input)
          && values.version(value.slot) == value.version) {
        result = Tidying.reading(result, input, value.slot);
      }
    }
    return result;
  }

  /** Where an equal value was computed first, and which of the values of that slot it is. */
  private record First(int slot, int version) {}

  /**
   * What equal instructions have in common: the opcode and each operand with its version. A list,
   * since the first comparison of a record takes a millisecond in each process.
   */
  private static List<Object> reading(Instruction.Compute compute, Values values) {
    List<Object> reading = new ArrayList<>(1 + 2 * compute.inputs().length);
    reading.add(compute.operation().opcode());
    for (int input : compute.inputs()) {
      reading.add(input);
      reading.add(values.version(input));
    }
    return reading;
  }

  /** An instruction that has run, with the version of what it wrote. */
  private record Known(Instruction.Compute by, int output) {}

  /**
   * Two pure instructions with the same opcode and first operand: a cheap test that rarely fires.
   */
  private boolean hasCandidate(List<Instruction> instructions) {
    Set<List<Object>> seen = new HashSet<>();
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Compute compute && isPure(compute)) {
        int[] inputs = compute.inputs();
        if (!seen.add(List.of(compute.operation().opcode(), inputs[0], inputs.length))) {
          return true;
        }
      }
    }
    return false;
  }

  private static Known find(Instruction.Compute compute, List<Known> candidates, Values values) {
    for (Known candidate : candidates) {
      if (values.version(candidate.by.outputs()[0]) == candidate.output
          && candidate.by.operation().attributes().equals(compute.operation().attributes())) {
        return candidate;
      }
    }
    return null;
  }

  private boolean isPure(Instruction.Compute compute) {
    Evaluation evaluation = compute.operation().opcode().evaluation();
    int[] outputs = compute.outputs();
    if (evaluation != Evaluation.KERNEL && evaluation != Evaluation.STRUCTURE
        || outputs.length != 1
        || outputs[0] < 0
        || compute.inputs().length == 0
        || CalledFunctions.mayBeNamedIn(compute, draft.operands::constantAt)) {
      return false;
    }
    for (int input : compute.inputs()) {
      if (input == outputs[0]) {
        return false;
      }
    }
    int seed = compute.operation().opcode().seedParameter();
    return seed < 0 || isGiven(compute.inputs()[seed]);
  }

  private boolean isGiven(int seed) {
    return draft.operands.constantAt(seed) instanceof IntegerScalar(long value) && value >= 0;
  }
}
