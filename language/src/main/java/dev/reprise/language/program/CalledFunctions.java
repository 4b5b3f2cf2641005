package dev.reprise.language.program;

import dev.reprise.runtime.operation.Operation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The functions that a procedure calls by name. */
public final class CalledFunctions {
  private final Set<String> names = new LinkedHashSet<>();

  private CalledFunctions() {}

  /** Names as the program lists them, in the order in which the procedure mentions them. */
  public static Set<String> of(Procedure procedure) {
    CalledFunctions called = new CalledFunctions();
    for (Procedure.Parameter parameter : procedure.parameters()) {
      if (parameter.defaultValue() != null) {
        called.code(parameter.defaultValue());
      }
    }
    called.blocks(procedure.body());
    return called.names;
  }

  /** True for operations that may call functions which only their operands name. */
  public static boolean mayBeNamedIn(Operation operation) {
    return switch (operation.name()) {
      // The transforms where their spec has functions (udf).
      case "eval", "transformencode", "transformapply" -> true;
      default -> false;
    };
  }

  private void blocks(List<Block> blocks) {
    for (Block block : blocks) {
      switch (block) {
        case Block.Straight straight -> instructions(straight.instructions());
        case Block.If choice -> {
          code(choice.predicate());
          blocks(choice.then());
          blocks(choice.otherwise());
        }
        case Block.While loop -> {
          code(loop.predicate());
          blocks(loop.body());
        }
        case Block.For loop -> counted(loop);
        case Block.ParFor loop -> {
          loop.options().values().forEach(this::code);
          counted(loop.loop());
        }
      }
    }
  }

  private void counted(Block.For loop) {
    code(loop.from());
    code(loop.to());
    if (loop.step() != null) {
      code(loop.step());
    }
    blocks(loop.body());
  }

  private void code(Block.Code code) {
    instructions(code.instructions());
  }

  private void instructions(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (instruction instanceof Instruction.Call call) {
        names.add(call.function());
      }
    }
  }
}
