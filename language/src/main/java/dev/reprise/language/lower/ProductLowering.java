package dev.reprise.language.lower;

import dev.reprise.language.syntax.Expression;
import dev.reprise.runtime.operation.Attributes;

/**
 * Matrix products: a transposed operand is read transposed instead of being materialised, and a
 * matrix times its own transpose is {@code tsmm}, which computes half.
 */
final class ProductLowering {
  private ProductLowering() {}

  static Lowered lower(
      Expression.Binary product, ProcedureContext context, ExpressionLowering expressions) {
    Expression left = transposed(product.left(), context);
    Expression right = transposed(product.right(), context);
    if (left != null && right == null && sameVariable(left, product.right())) {
      return expressions.compute("tsmm", product.position(), expressions.operand(left));
    }
    if (right != null && left == null && sameVariable(right, product.left())) {
      return expressions.compute(
          "tsmm", Attributes.of("right", "true"), product.position(), expressions.operand(right));
    }
    Attributes attributes = Attributes.none();
    if (left != null) {
      attributes = attributes.with("ta", "true");
    }
    if (right != null) {
      attributes = attributes.with("tb", "true");
    }
    return expressions.compute(
        "matmul",
        attributes,
        product.position(),
        expressions.operand(left != null ? left : product.left()),
        expressions.operand(right != null ? right : product.right()));
  }

  /** The argument of {@code t(...)}, or null when the expression is none. */
  private static Expression transposed(Expression expression, ProcedureContext context) {
    return expression
                instanceof Expression.Call(String namespace, String name, var arguments, var _)
            && namespace == null
            && name.equals("t")
            && arguments.size() == 1
            && arguments.getFirst().name() == null
            && context.isBuiltin("t")
        ? arguments.getFirst().value()
        : null;
  }

  private static boolean sameVariable(Expression a, Expression b) {
    return a instanceof Expression.Name(String first, var _)
        && b instanceof Expression.Name(String second, var _)
        && first.equals(second);
  }
}
