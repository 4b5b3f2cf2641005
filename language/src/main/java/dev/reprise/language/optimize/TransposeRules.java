package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.operation.Attributes;

/** Rules around {@code t(X)}. */
final class TransposeRules {
  private TransposeRules() {}

  /** The matrix whose transpose the operand is, or -1. */
  static int transposed(int operand, Site site) {
    Instruction.Compute t = site.values.maker(operand, "t");
    return t != null && site.values.isMatrix(t.inputs()[0]) ? t.inputs()[0] : -1;
  }

  /** {@code t(t(X)) = X}: the same bits. */
  static Instruction ofTranspose(Instruction.Compute t, Site site) {
    int inner = t.inputs()[0];
    int matrix = transposed(inner, site);
    if (matrix < 0) {
      return null;
    }
    site.mayGo(inner);
    return site.replaceByValue("transpose of transpose", t, matrix);
  }

  /**
   * {@code t(Z) %*% Z} of one value, which lowering does not see when Z is an expression that
   * common subexpressions made one: half the work of a product, other rounding.
   */
  static Instruction ofProduct(Instruction.Compute product, Site site) {
    Attributes attributes = product.operation().attributes();
    boolean right = attributes.isSet("tb");
    int[] sides = product.inputs();
    return site.mayRound() && sides[0] == sides[1] && attributes.isSet("ta") != right
        ? site.replace(
            "self product",
            product,
            "tsmm",
            right ? Attributes.of("right", "true") : Attributes.none(),
            sides[0])
        : null;
  }

  /** {@code nrow(t(X)) = ncol(X)} and the like: the same bits. */
  static Instruction ofSize(Instruction.Compute size, Site site) {
    int inner = size.inputs()[0];
    int matrix = site.isOnlyUse(inner) ? transposed(inner, site) : -1;
    if (matrix < 0) {
      return null;
    }
    site.mayGo(inner);
    String other =
        switch (size.operation().name()) {
          case "nrow" -> "ncol";
          case "ncol" -> "nrow";
          default -> "length";
        };
    return site.replace("size of transpose", size, other, matrix);
  }
}
