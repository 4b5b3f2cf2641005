package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Joins neighbouring instructions whose best form depends on shapes to <em>plans</em>: one
 * instruction that carries the plain ones, between which the engine decides. Only instructions that
 * follow one another are joined, and only over intermediates that nobody else reads, so the plain
 * ones can run in the plan's place as if nothing had happened. All plans may change the last bits.
 */
final class Plans extends StraightPass {

  Plans(Draft draft) {
    super(draft);
  }

  @Override
  Block.Code rewrite(List<Instruction> instructions, int operand, BitSet assigned) {
    if (draft.options.exact() || !hasCandidate(instructions)) {
      return new Block.Code(instructions, operand);
    }
    Site site = new Site(draft, instructions, operand, assigned);
    PlanRules rules = new PlanRules(site, this);
    List<Instruction> out = new ArrayList<>(instructions.size());
    for (Instruction instruction : instructions) {
      Instruction result = instruction;
      if (instruction instanceof Instruction.Compute compute) {
        PlanRules.Plan plan = rules.plan(compute);
        if (plan != null && endsWith(out, plan.joined())) {
          out.subList(out.size() - plan.joined().size(), out.size()).clear();
          result = plan.instruction();
        }
      }
      out.add(result);
      site.values.passed(result);
    }
    if (out.size() == instructions.size()) {
      return new Block.Code(instructions, operand);
    }
    for (Instruction instruction : out) {
      if (instruction instanceof Instruction.Compute compute && !compute.plain().isEmpty()) {
        rules.note(compute);
      }
    }
    return new Block.Code(List.copyOf(out), operand);
  }

  private static boolean endsWith(List<Instruction> out, List<Instruction.Compute> members) {
    int first = out.size() - members.size();
    if (first < 0) {
      return false;
    }
    for (int i = 0; i < members.size(); i++) {
      if (out.get(first + i) != members.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfProducts(Instruction.Compute compute) {
    return compute.operation().name().equals("t")
        || PlanRules.isAggregateOfProducts(compute.operation());
  }

  private static boolean hasCandidate(List<Instruction> instructions) {
    boolean product = false;
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Compute compute) {
        boolean another = compute.operation().name().equals("matmul");
        if (product && (another || isOfProducts(compute))) {
          return true;
        }
        product |= another;
      }
    }
    return false;
  }
}
