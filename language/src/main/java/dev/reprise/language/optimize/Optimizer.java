package dev.reprise.language.optimize;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.program.Rewrite;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** Runs the passes over one procedure. */
public final class Optimizer {
  /** Instructions below which nothing can be gained that is worth looking for. */
  private static final int FEWEST = 3;

  private Optimizer() {}

  /**
   * A rewritten body.
   *
   * @param rewrites what was changed, pass by pass
   */
  public record Result(List<Block> body, List<Rewrite> rewrites) {}

  /**
   * Rewrites a procedure's body.
   *
   * @param isMain whether the body is that of the main program
   * @param bound slots that have a value when it begins
   * @param kept slots that somebody reads when it has ended
   * @param declared declared types of bound slots, as far as there are any
   */
  public static Result rewrite(
      List<Block> body,
      boolean isMain,
      Optimization options,
      Operands operands,
      BitSet bound,
      BitSet kept,
      Map<Integer, DeclaredType> declared,
      Signatures signatures) {
    if (!options.on() || isTiny(body)) {
      return new Result(body, List.of());
    }
    Draft draft = new Draft(options, operands, bound, kept, declared, signatures, body);
    List<Block> blocks = new ConstantPropagation(draft).blocks(body);
    blocks = new CommonSubexpressions(draft).blocks(blocks);
    List<Block> simplified = new Simplification(draft).blocks(blocks);
    if (simplified != blocks) {
      blocks = new CommonSubexpressions(draft).blocks(simplified);
    }
    blocks = new Plans(draft).blocks(blocks);
    if (isMain && options.reuses() && options.runsOnce()) {
      blocks = Unmarking.main(blocks, draft);
    }
    return new Result(blocks, List.copyOf(draft.rewrites()));
  }

  private static boolean isTiny(List<Block> body) {
    return body.isEmpty()
        || body.size() == 1
            && body.getFirst() instanceof Block.Straight(List<Instruction> instructions)
            && instructions.size() < FEWEST;
  }
}
