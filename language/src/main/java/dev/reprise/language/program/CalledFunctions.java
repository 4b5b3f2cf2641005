package dev.reprise.language.program;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

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

  /** True for an instruction that may call functions which only its operands name. */
  public static boolean mayBeNamedIn(Instruction.Compute compute, List<Scalar> constants) {
    return mayBeNamedIn(compute, operand -> operand < 0 ? constants.get(~operand) : null);
  }

  /**
   * As {@link #mayBeNamedIn(Instruction.Compute, List)}.
   *
   * @param constantAt the constant that an operand is, or something else than a text
   */
  public static boolean mayBeNamedIn(Instruction.Compute compute, IntFunction<Scalar> constantAt) {
    int spec =
        switch (compute.operation().name()) {
          case "eval" -> -1;
          case "transformencode" -> 1;
          case "transformapply" -> 2;
          default -> -2;
        };
    if (spec < 0) {
      return spec == -1;
    }
    return !(constantAt.apply(compute.inputs()[spec]) instanceof StringScalar(String text))
        || mayBeNamedInSpec(text);
  }

  /**
   * False only for the spec of a transform that certainly has no functions ({@code udf}); an escape
   * may stand for any letter.
   */
  public static boolean mayBeNamedInSpec(String spec) {
    return spec.contains("udf") || spec.indexOf('\\') >= 0;
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
