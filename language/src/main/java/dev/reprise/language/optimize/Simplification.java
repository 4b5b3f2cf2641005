package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.BitSet;
import java.util.List;

/** Replaces single instructions by cheaper ones, rule by rule until none applies. */
final class Simplification extends StraightPass {
  /** Rules that follow one another at one instruction, at most; each makes it simpler. */
  private static final int MOST_STEPS = 8;

  Simplification(Draft draft) {
    super(draft);
  }

  @Override
  Block.Code rewrite(List<Instruction> instructions, int operand, BitSet assigned) {
    if (!hasCandidate(instructions)) {
      return new Block.Code(instructions, operand);
    }
    Site site = new Site(draft, instructions, operand, assigned);
    for (Instruction instruction : instructions) {
      site.add(simplified(instruction, site));
    }
    return site.finish(instructions, operand);
  }

  private static boolean hasCandidate(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Compute compute && compute.outputs().length == 1) {
        switch (compute.operation().name()) {
          case "t", "matmul", "negate", "sum", "mean", "min", "max", "nrow", "ncol", "length" -> {
            return true;
          }
          case "*", "/", "-", "+", "^" -> {
            if (compute.inputs()[0] < 0 || compute.inputs()[1] < 0) {
              return true;
            }
          }
          default -> {
            if (AggregateRules.isOfRowsOrColumns(compute.operation().name())) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  private static Instruction simplified(Instruction instruction, Site site) {
    Instruction current = instruction;
    for (int i = 0; i < MOST_STEPS; i++) {
      if (!(current instanceof Instruction.Compute compute)
          || compute.outputs().length != 1
          || compute.outputs()[0] < 0) {
        return current;
      }
      Instruction next = step(compute, site);
      if (next == null) {
        return current;
      }
      current = next;
    }
    return current;
  }

  private static Instruction step(Instruction.Compute compute, Site site) {
    return switch (compute.operation().name()) {
      case "t" -> TransposeRules.ofTranspose(compute, site);
      case "matmul" -> TransposeRules.ofProduct(compute, site);
      case "nrow", "ncol", "length" -> TransposeRules.ofSize(compute, site);
      case "negate", "*", "/", "-", "+", "^" -> ElementRules.simplify(compute, site);
      case "sum", "mean", "min", "max" -> AggregateRules.ofAll(compute, site);
      default -> AggregateRules.ofRowsOrColumns(compute, site);
    };
  }
}
