package dev.reprise.language.program;

import dev.reprise.language.CompileException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Procedures as text, one instruction a line: {@code outputs = opcode{attributes}(inputs)},
 * temporaries as {@code _n}, and after {@code ;} the slots that are released. Instructions that the
 * engine may run as others, when it knows the sizes, begin with {@code plan}.
 */
public final class ProgramPrinter {
  private static final String STEP = "  ";

  private final StringBuilder text = new StringBuilder();
  private final Procedure procedure;

  private ProgramPrinter(Procedure procedure) {
    this.procedure = procedure;
  }

  /**
   * The main procedure and every function that it can reach by calls (not by {@code eval}), in the
   * order in which they are met.
   */
  public static String print(Program program) throws CompileException {
    StringBuilder all = new StringBuilder();
    Set<String> seen = new LinkedHashSet<>();
    Deque<Procedure> open = new ArrayDeque<>(List.of(program.main()));
    while (!open.isEmpty()) {
      Procedure procedure = open.remove();
      all.append(all.isEmpty() ? "" : "\n").append(print(procedure));
      for (String name : CalledFunctions.of(procedure)) {
        if (seen.add(name)) {
          open.add(program.function(name));
        }
      }
    }
    return all.toString();
  }

  /** The text of one procedure, ending in a new line. */
  public static String print(Procedure procedure) {
    ProgramPrinter printer = new ProgramPrinter(procedure);
    printer.procedure();
    return printer.text.toString();
  }

  private void procedure() {
    StringJoiner results = new StringJoiner(", ", " -> (", ")").setEmptyValue("");
    procedure.results().forEach(r -> results.add(typed(r.type(), r.name())));
    StringJoiner parameters = new StringJoiner(", ", "(", ")");
    for (Procedure.Parameter parameter : procedure.parameters()) {
      parameters.add(
          typed(parameter.type(), parameter.name())
              + (parameter.defaultValue() == null ? "" : " = ..."));
    }
    boolean isMain = procedure.name().equals("main") && procedure.parameters().isEmpty();
    line("", "procedure " + procedure.name() + (isMain ? "" : parameters + results.toString()));
    for (Procedure.Parameter parameter : procedure.parameters()) {
      if (parameter.defaultValue() != null) {
        code(STEP, "default " + parameter.name(), parameter.defaultValue());
      }
    }
    blocks(procedure.body(), STEP);
  }

  private static String typed(Procedure.DeclaredType type, String name) {
    return type.name().toLowerCase(Locale.ROOT) + " " + name;
  }

  private void blocks(List<Block> blocks, String indent) {
    for (Block block : blocks) {
      switch (block) {
        case Block.Straight straight -> {
          line(indent, "block");
          straight.instructions().forEach(i -> line(indent + STEP, instruction(i)));
        }
        case Block.If choice -> {
          code(indent, "if", choice.predicate());
          blocks(choice.then(), indent + STEP);
          if (!choice.otherwise().isEmpty()) {
            line(indent, "else");
            blocks(choice.otherwise(), indent + STEP);
          }
        }
        case Block.While loop -> {
          code(indent, "while", loop.predicate());
          blocks(loop.body(), indent + STEP);
        }
        case Block.For loop -> counted(loop, "for", indent);
        case Block.ParFor loop -> {
          counted(loop.loop(), "parfor", indent);
          loop.options().forEach((name, value) -> code(indent + STEP, "option " + name, value));
          line(
              indent + STEP,
              "results "
                  + slots(loop.results())
                  + ", read in the body "
                  + slots(loop.readResults()));
        }
      }
    }
  }

  private void counted(Block.For loop, String keyword, String indent) {
    code(indent, keyword + " " + name(loop.variable()) + " from", loop.from());
    code(indent, "to", loop.to());
    if (loop.step() != null) {
      code(indent, "step", loop.step());
    }
    blocks(loop.body(), indent + STEP);
  }

  private void code(String indent, String what, Block.Code code) {
    line(indent, what + " " + name(code.operand()));
    code.instructions().forEach(i -> line(indent + STEP + STEP, instruction(i)));
  }

  private String instruction(Instruction instruction) {
    String step =
        switch (instruction) {
          case Instruction.Compute compute -> {
            StringJoiner inputs = new StringJoiner(", ", "(", ")");
            for (int input : compute.inputs()) {
              inputs.add(name(input));
            }
            yield outputs(compute)
                + (compute.plain().isEmpty() ? "" : "plan ")
                + compute.operation().name()
                + attributes(compute.operation().attributes())
                + inputs;
          }
          case Instruction.Call call -> {
            StringJoiner arguments = new StringJoiner(", ", "(", ")");
            for (Instruction.Argument argument : call.arguments()) {
              String prefix = argument.name() == null ? "" : argument.name() + "=";
              arguments.add(prefix + name(argument.operand()));
            }
            yield outputs(call) + "call " + call.function() + arguments;
          }
          case Instruction.Copy copy -> name(copy.to()) + " = " + name(copy.from());
        };
    return instruction.releases().length == 0
        ? step
        : step + "  ; release " + slots(instruction.releases());
  }

  private static String attributes(Attributes attributes) {
    return attributes.isEmpty() ? "" : attributes.toString();
  }

  private String outputs(Instruction instruction) {
    boolean dropsAll = true;
    StringJoiner names = new StringJoiner(", ", "", " = ");
    for (int output : instruction.outputs()) {
      dropsAll &= output < 0;
      names.add(output < 0 ? "-" : name(output));
    }
    return dropsAll ? "" : names.toString();
  }

  private String slots(int[] slots) {
    if (slots.length == 0) {
      return "none";
    }
    StringJoiner names = new StringJoiner(", ");
    for (int slot : slots) {
      names.add(name(slot));
    }
    return names.toString();
  }

  private String name(int operand) {
    if (operand < 0) {
      return constant(procedure.constants().get(~operand));
    }
    String name = procedure.slotNames().get(operand);
    return name == null ? "_" + operand : name;
  }

  private static String constant(Scalar scalar) {
    if (scalar.isAbsent()) {
      return "-";
    }
    return scalar instanceof StringScalar(String text)
        ? '"' + text.replace("\n", "\\n").replace("\t", "\\t") + '"'
        : scalar.asString();
  }

  private void line(String indent, String content) {
    text.append(indent).append(content).append('\n');
  }
}
