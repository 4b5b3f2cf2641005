package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import java.util.Set;

/**
 * Element-wise operations that change nothing: the same bits, for every matrix. Only where the
 * operand is the result of a kernel, whose form (dense or compressed) is final: {@code X * 1} of a
 * matrix that was filled by left indexing may be compressed where X is not.
 */
final class ElementRules {
  private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "==", "!=");

  /** Kernels whose results keep a form that an element-wise operation would change. */
  private static final Set<String> OTHER_FORM = Set.of("leftIndex", "matrix");

  private ElementRules() {}

  static Instruction simplify(Instruction.Compute compute, Site site) {
    String name = compute.operation().name();
    int[] inputs = compute.inputs();
    if (name.equals("negate")) {
      return doubleNegation(compute, site);
    }
    int kept = -1;
    if (isNeutral(name, site.number(inputs[1]), inputs[0], site)) {
      kept = inputs[0];
    } else if ((name.equals("*") || name.equals("+"))
        && isNeutral(name, site.number(inputs[0]), inputs[1], site)) {
      kept = inputs[1];
    }
    return kept >= 0 && isFinal(kept, site)
        ? site.replaceByValue("neutral operand", compute, kept)
        : null;
  }

  /**
   * True for {@code X * 1}, {@code X / 1}, {@code X ^ 1}, {@code X - 0}; {@code X + 0} makes 0 of
   * -0, so X must be a comparison, which has none.
   */
  private static boolean isNeutral(String name, double number, int matrix, Site site) {
    return switch (name) {
      case "*", "/", "^" -> number == 1;
      case "-" -> number == 0 && 1 / number > 0;
      case "+" -> {
        Instruction.Compute maker = number == 0 ? site.values.maker(matrix) : null;
        yield maker != null && COMPARISONS.contains(maker.operation().name());
      }
      default -> false;
    };
  }

  private static boolean isFinal(int operand, Site site) {
    Instruction.Compute maker = site.values.maker(operand);
    return maker != null
        && site.values.isMatrix(operand)
        && !OTHER_FORM.contains(maker.operation().name());
  }

  private static Instruction doubleNegation(Instruction.Compute outer, Site site) {
    Instruction.Compute inner = site.values.maker(outer.inputs()[0], "negate");
    if (inner == null || !isFinal(inner.inputs()[0], site)) {
      return null;
    }
    site.mayGo(outer.inputs()[0]);
    return site.replaceByValue("double negation", outer, inner.inputs()[0]);
  }
}
