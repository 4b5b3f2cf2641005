package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.KernelSources;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Writes the kernels of an expression. They call the functions of the kernels of single operations,
 * each of which rounds to a cell, so that a fused result has the bits of an unfused one.
 */
final class FusedText {
  private final CellExpression expression;
  private final List<LeafForm> forms;

  /**
   * @param forms of the leaves
   */
  FusedText(CellExpression expression, List<LeafForm> forms) {
    this.expression = expression;
    this.forms = forms;
  }

  /** True when every operation has a function. */
  static boolean knows(CellExpression expression) {
    for (Node node : expression.nodes()) {
      boolean known =
          switch (node.operands().size()) {
            case 1 -> CellKernels.unary(node.opcode()) != null;
            case 2 -> CellKernels.binary(node.opcode()) != null;
            default -> node.opcode().equals("ifelse");
          };
      if (!known) {
        return false;
      }
    }
    return !expression.nodes().isEmpty();
  }

  /** The kernel that computes the root's cells. */
  GeneratedKernels cells() {
    return new GeneratedKernels(text().toString());
  }

  /**
   * A kernel that folds them.
   *
   * @param kernel macro of {@code lines.h} that makes it
   * @param fold the fold's name
   */
  GeneratedKernels folds(String kernel, String fold) {
    StringBuilder text = text();
    text.append(KernelSources.header("folds.h")).append(KernelSources.header("lines.h"));
    text.append("FOLD_").append(fold).append('\n').append(kernel).append('\n');
    return new GeneratedKernels(text.toString());
  }

  private StringBuilder text() {
    StringBuilder text = new StringBuilder("#define FUNCTIONS_ONLY\n");
    for (String file : files()) {
      text.append(KernelSources.file(file));
    }
    List<String> params = new ArrayList<>();
    List<String> args = new ArrayList<>();
    boolean spreads = false;
    for (int i = 0; i < expression.leaves().size(); i++) {
      params.add(parameter(forms.get(i)) + i);
      args.add("leaf" + i);
      Spread spread = expression.leaves().get(i);
      spreads |= spread == Spread.ROW || spread == Spread.COLUMN;
    }
    text.append("#define PARAMS ").append(String.join(", ", params)).append('\n');
    text.append("#define ARGS ").append(String.join(", ", args)).append('\n');
    text.append(spreads ? "#define SPREADS\n" : "");
    text.append("FUNCTION REAL fused(LONG at, LONG i, LONG j, PARAMS) {\n");
    for (int i = 0; i < expression.nodes().size(); i++) {
      text.append("  REAL t").append(i).append(" = ");
      text.append(call(expression.nodes().get(i))).append(";\n");
    }
    text.append("  return t").append(expression.nodes().size() - 1).append(";\n}\n");
    text.append("#define CELL(at, i, j) fused(at, i, j, ARGS)\n");
    return text.append(KernelSources.header("fused.h"));
  }

  private static String parameter(LeafForm form) {
    return switch (form) {
      case MATRIX -> "GLOBAL const REAL *leaf";
      case NUMBER -> "WIDE leaf";
      case NUMBER_IN_MEMORY -> "GLOBAL const WIDE *leaf";
    };
  }

  /** Files of functions that the expression calls, in a fixed order. */
  private TreeSet<String> files() {
    TreeSet<String> files = new TreeSet<>();
    for (Node node : expression.nodes()) {
      if (node.operands().size() < 3) {
        String path = path(node);
        files.add(path.substring(0, path.indexOf('/')));
      }
      if (isSquareOfNumber(node)) {
        files.add("unary");
      }
    }
    return files;
  }

  private static String path(Node node) {
    return node.operands().size() == 1
        ? CellKernels.unary(node.opcode())
        : CellKernels.binary(node.opcode());
  }

  /** A power whose exponent is a number: two of them squares, as the unfused kernel does. */
  private boolean isSquareOfNumber(Node node) {
    return node.opcode().equals("^")
        && node.operands().get(1) >= 0
        && forms.get(node.operands().get(1)).isNumber();
  }

  private String call(Node node) {
    List<String> operands = node.operands().stream().map(this::operand).toList();
    if (operands.size() == 3) {
      return "%s != 0 ? (REAL)%s : (REAL)%s".formatted(operands.toArray());
    }
    String path = path(node);
    String call = path.substring(path.indexOf('/') + 1) + "(" + String.join(", ", operands) + ")";
    return isSquareOfNumber(node)
        ? operands.get(1) + " == 2 ? square(" + operands.get(0) + ") : " + call
        : call;
  }

  private String operand(int operand) {
    if (operand < 0) {
      return "t" + ~operand;
    }
    return "leaf"
        + operand
        + switch (forms.get(operand)) {
          case NUMBER -> "";
          case NUMBER_IN_MEMORY -> "[0]";
          case MATRIX -> index(expression.leaves().get(operand));
        };
  }

  private static String index(Spread spread) {
    return switch (spread) {
      case FULL -> "[at]";
      case ROW -> "[j]";
      case COLUMN -> "[i]";
      case SCALAR -> "[0]";
    };
  }
}
