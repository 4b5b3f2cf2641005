package dev.reprise.language.program;

import dev.reprise.language.Position;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What keeps a piece of program from being reused as a whole: effects that must happen each time,
 * reads of files that may have changed, and seeds that the system draws.
 *
 * <p>{@code stop} and {@code assert} are none: a piece that ends with an error is not remembered,
 * and one that passed an assertion passes it again.
 *
 * @param obstacles in the order of the program, those of called functions included
 * @param certain true when each execution meets one of them
 */
public record Determinism(List<Obstacle> obstacles, boolean certain) {

  /**
   * @param what the operation, as scripts write it
   * @param condition when it is one, or null
   */
  public record Obstacle(String what, String condition, Position position) {}

  /** True when an obstacle lies on every path of the blocks themselves; calls are not followed. */
  public static boolean isCertainlyNone(List<Block> blocks, List<Scalar> constants) {
    for (Block block : blocks) {
      if (block instanceof Block.Straight straight) {
        for (Instruction instruction : straight.instructions()) {
          Obstacle obstacle = obstacle(instruction, constants);
          if (obstacle != null && obstacle.condition == null) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * Analyses a procedure with everything that it calls by name.
   *
   * @param callee finds a called function
   */
  public static Determinism of(Procedure procedure, Function<String, Procedure> callee) {
    Analysis analysis = new Analysis(callee);
    analysis.procedure(procedure, true);
    return new Determinism(List.copyOf(analysis.obstacles), analysis.certain);
  }

  private static Obstacle obstacle(Instruction instruction, List<Scalar> constants) {
    if (!(instruction instanceof Instruction.Compute compute)) {
      return null;
    }
    Operation operation = compute.operation();
    if (operation.opcode().evaluation() == Evaluation.SOURCE) {
      return new Obstacle(operation.scriptName(), null, compute.position());
    }
    if (operation.opcode().evaluation() == Evaluation.EFFECT) {
      return switch (operation.name()) {
        case "assert", "stop", "exists" -> null;
        case "eval" -> new Obstacle("eval", "the function has one", compute.position());
        default -> new Obstacle(operation.scriptName(), null, compute.position());
      };
    }
    if (CalledFunctions.mayBeNamedIn(compute, constants)) {
      return new Obstacle(
          operation.scriptName(), "a function of the spec has one", compute.position());
    }
    int seed = operation.opcode().seedParameter();
    return seed < 0 ? null : ofSeed(compute, compute.inputs()[seed], constants);
  }

  private static Obstacle ofSeed(Instruction.Compute compute, int operand, List<Scalar> constants) {
    String name = compute.operation().scriptName();
    // Nor is anything known of a text: it may be no number, which is told when it is used.
    if (operand >= 0 || constants.get(~operand) instanceof StringScalar) {
      return new Obstacle(name, "the seed is negative", compute.position());
    }
    Scalar seed = constants.get(~operand);
    return seed.isAbsent() || seed.asLong() < 0
        ? new Obstacle(name + " without a seed", null, compute.position())
        : null;
  }

  private static final class Analysis {
    private final Function<String, Procedure> callee;
    private final Set<String> seen = new HashSet<>();
    private final List<Obstacle> obstacles = new ArrayList<>();
    private boolean certain;

    Analysis(Function<String, Procedure> callee) {
      this.callee = callee;
    }

    /**
     * @param always whether each execution of the analysed procedure gets there
     */
    void procedure(Procedure procedure, boolean always) {
      blocks(procedure.body(), procedure.constants(), always);
    }

    private void blocks(List<Block> blocks, List<Scalar> constants, boolean always) {
      for (Block block : blocks) {
        switch (block) {
          case Block.Straight straight -> instructions(straight.instructions(), constants, always);
          case Block.If choice -> {
            instructions(choice.predicate().instructions(), constants, always);
            blocks(choice.then(), constants, false);
            blocks(choice.otherwise(), constants, false);
          }
          case Block.While loop -> {
            instructions(loop.predicate().instructions(), constants, always);
            blocks(loop.body(), constants, false);
          }
          case Block.For loop -> counted(loop, constants, always);
          case Block.ParFor loop -> counted(loop.loop(), constants, always);
        }
      }
    }

    private void counted(Block.For loop, List<Scalar> constants, boolean always) {
      instructions(loop.from().instructions(), constants, always);
      instructions(loop.to().instructions(), constants, always);
      if (loop.step() != null) {
        instructions(loop.step().instructions(), constants, always);
      }
      blocks(loop.body(), constants, false);
    }

    private void instructions(
        List<Instruction> instructions, List<Scalar> constants, boolean always) {
      for (Instruction instruction : instructions) {
        if (instruction instanceof Instruction.Call call) {
          call(call.function(), always);
          continue;
        }
        Obstacle found = obstacle(instruction, constants);
        if (found != null) {
          obstacles.add(found);
          certain |= always && found.condition == null;
        }
      }
    }

    private void call(String function, boolean always) {
      Procedure procedure = seen.add(function) ? callee.apply(function) : null;
      if (procedure != null) {
        procedure(procedure, always);
      }
    }
  }
}
