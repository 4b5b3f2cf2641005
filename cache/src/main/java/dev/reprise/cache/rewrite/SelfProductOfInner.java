package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code tsmm} of appended rows, and of the folds of a cross validation.
 *
 * <pre>
 *   tsmm(rbind(X, D))            ->  tsmm(X) + tsmm(D)
 *   tsmm(rbind(F1, .., Fk))      ->  tsmm(F1) + .. + tsmm(Fk)
 *   cbind(X, D) %*% t(cbind(X, D))  ->  X %*% t(X) + D %*% t(D)
 * </pre>
 *
 * <p>Condition: the operand is bound along the inner dimension. Cost: what is not cached of the
 * parts' products and the additions, but no copy of the bind: where the folds are much longer than
 * wide this is cheaper even when nothing is cached, and what was computed is kept for the next
 * choice of folds. Error: that of summing in another order, k eps of the norm.
 */
final class SelfProductOfInner implements Rewrite {
  @Override
  public String name() {
    return "self-product-of-inner";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("tsmm");
  }

  @Override
  public double worthwhile() {
    return 1;
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    boolean right = operation.attributes().isSet("right");
    Term[] parts = planner.parts(inputs[0], right);
    if (parts == null) {
      return null;
    }
    List<Term> products = new ArrayList<>();
    for (Term part : parts) {
      products.add(planner.selfProduct(part, right));
    }
    return planner.sum(products);
  }
}
