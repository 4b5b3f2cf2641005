package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/** Instructions as a person would write them, temporaries written out. */
final class Notation {
  private static final Set<String> INFIX =
      Set.of("+", "-", "*", "/", "^", "%%", "%/%", "<", "<=", ">", ">=", "==", "!=", "&", "|");

  /** Operands nested deeper than this are left out. */
  private static final int DEEPEST = 6;

  private final Operands operands;
  private final Values values;

  /**
   * @param values finds the instructions behind temporaries; null to leave them out
   */
  Notation(Operands operands, Values values) {
    this.operands = operands;
    this.values = values;
  }

  String of(Instruction instruction) {
    return instruction instanceof Instruction.Compute compute
        ? compute(compute, 0)
        : argument(((Instruction.Copy) instruction).from(), 0);
  }

  String operand(int operand) {
    return operand(operand, 0);
  }

  /** An operand of an operator: in parentheses when it is made by another one. */
  private String operand(int operand, int depth) {
    Instruction.Compute maker = maker(operand);
    String text = argument(operand, depth);
    return maker == null || isCall(maker) || !text.contains(" ") ? text : "(" + text + ")";
  }

  private Instruction.Compute maker(int operand) {
    return operand < 0 || values == null || operands.nameOf(operand) != null
        ? null
        : values.maker(operand);
  }

  /** An argument of a call. */
  private String argument(int operand, int depth) {
    if (operand < 0) {
      return constant(operands.constantAt(operand));
    }
    String name = operands.nameOf(operand);
    if (name != null) {
      return name;
    }
    Instruction.Compute maker = maker(operand);
    return maker == null || depth == DEEPEST ? "..." : compute(maker, depth + 1);
  }

  private static boolean isCall(Instruction.Compute maker) {
    String name = maker.operation().name();
    return Character.isLetter(name.charAt(0)) && !isOperator(name);
  }

  private static boolean isOperator(String name) {
    return name.equals("matmul") || name.equals("negate");
  }

  private String compute(Instruction.Compute compute, int depth) {
    Operation operation = compute.operation();
    String name = operation.name();
    int[] inputs = compute.inputs();
    if (name.equals("matmul") && !compute.plain().isEmpty() && inputs.length > 2) {
      return plan(compute, depth);
    }
    if (name.equals("matmul")) {
      return side(inputs[0], operation.attributes().isSet("ta"), depth)
          + " %*% "
          + side(inputs[1], operation.attributes().isSet("tb"), depth);
    }
    if (name.equals("tsmm")) {
      return "tsmm(" + side(inputs[0], operation.attributes().isSet("right"), depth) + ")";
    }
    if (name.equals("mmchain")) {
      return chain(operation.attributes().get("with"), inputs, depth);
    }
    if (name.equals("negate")) {
      String text = operand(inputs[0], depth);
      return text.startsWith("-") ? "-(" + text + ")" : "-" + text;
    }
    if (name.equals("rightIndex")) {
      return index(inputs, depth);
    }
    if (INFIX.contains(name)) {
      return operand(inputs[0], depth) + " " + name + " " + operand(inputs[1], depth);
    }
    StringBuilder text = new StringBuilder(Operation.scriptName(name)).append('(');
    int shown = 0;
    for (int input : inputs) {
      if (input < 0 && operands.constantAt(input).isAbsent()) {
        continue;
      }
      text.append(shown++ == 0 ? "" : ", ").append(argument(input, depth));
    }
    return text.append(')').toString();
  }

  /** A product of several matrices, as it was written less its parentheses. */
  private String plan(Instruction.Compute plan, int depth) {
    StringBuilder text = new StringBuilder();
    for (int input : plan.inputs()) {
      text.append(text.isEmpty() ? "" : " %*% ").append(operand(input, depth));
    }
    return text.toString();
  }

  private String chain(String with, int[] inputs, int depth) {
    return "mmchain("
        + operand(inputs[0], depth)
        + ", "
        + operand(inputs[1], depth)
        + (with == null ? "" : ", " + with + " " + operand(inputs[2], depth))
        + ")";
  }

  private String side(int operand, boolean transposed, int depth) {
    return transposed ? "t(" + argument(operand, depth) + ")" : operand(operand, depth);
  }

  private String index(int[] inputs, int depth) {
    return operand(inputs[0], depth)
        + "["
        + range(inputs[1], inputs[2], depth)
        + ", "
        + range(inputs[3], inputs[4], depth)
        + "]";
  }

  private String range(int from, int to, int depth) {
    if (from < 0 && operands.constantAt(from).isAbsent()) {
      return "";
    }
    return to < 0 && operands.constantAt(to).isAbsent()
        ? argument(from, depth)
        : operand(from, depth) + ":" + operand(to, depth);
  }

  private static String constant(Scalar scalar) {
    return scalar instanceof StringScalar(String text) ? '"' + text + '"' : scalar.asString();
  }
}
