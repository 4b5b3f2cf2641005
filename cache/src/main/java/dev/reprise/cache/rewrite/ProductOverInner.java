package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A product over an inner dimension that was bound.
 *
 * <pre>
 *   t(rbind(X1, .., Xk)) %*% rbind(Y1, .., Yk)  ->  t(X1) %*% Y1 + .. + t(Xk) %*% Yk
 *   cbind(X, D) %*% w                           ->  X %*% w[1:n, ] + D %*% w[(n+1):m, ]
 *   cbind(X, c1) %*% w                          ->  X %*% w[1:n, ] + c w[n+1, ]
 * </pre>
 *
 * <p>Condition: an operand is bound along the inner dimension; the other is bound at the same
 * places, or is cut there. Cost: what is not cached of the parts' products, the cuts and the
 * additions, but no copy of the bind. Error: that of summing in another order, k eps of the norm.
 */
final class ProductOverInner implements Rewrite {
  @Override
  public String name() {
    return "product-over-inner";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Term[] left = planner.parts(inputs[0], !ta);
    Term[] right = planner.parts(inputs[1], tb);
    if (left == null && right == null) {
      return null;
    }
    left = left != null ? left : cut(inputs[0], !ta, right, tb, planner);
    right = right != null ? right : cut(inputs[1], tb, left, !ta, planner);
    if (left.length != right.length) {
      return null;
    }
    List<Term> full = new ArrayList<>();
    List<Term> rows = new ArrayList<>();
    for (int i = 0; i < left.length; i++) {
      if (extent(left[i], !ta) != extent(right[i], tb)) {
        return null;
      }
      if (isConstantColumn(left[i], ta)) {
        Term row = tb ? planner.transposed(right[i]) : right[i];
        rows.add(planner.scaled(row, left[i].facts().constant()));
      } else {
        full.add(planner.product(left[i], ta, right[i], tb));
      }
    }
    if (full.isEmpty()) {
      return null;
    }
    // A row that is added to every row of the product needs no product of its own.
    full.addAll(rows);
    return planner.sum(full);
  }

  private static boolean isConstantColumn(Term term, boolean transposed) {
    return term.facts().isConstant()
        && (transposed ? term.shape().rows() : term.shape().cols()) == 1;
  }

  private static Term[] cut(
      Term whole, boolean columns, Term[] like, boolean likeColumns, Planner planner) {
    Term[] cuts = new Term[like.length];
    long at = 0;
    for (int i = 0; i < cuts.length; i++) {
      long size = extent(like[i], likeColumns);
      cuts[i] = planner.rectangle(whole, columns, at, size);
      at += size;
    }
    return cuts;
  }

  private static long extent(Term term, boolean columns) {
    return columns ? term.shape().cols() : term.shape().rows();
  }
}
