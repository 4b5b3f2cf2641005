package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * A product whose transpose is cached, or which is a {@code tsmm} in other words.
 *
 * <pre>
 *   t(Y) %*% X   ->  t(t(X) %*% Y)
 *   t(A) %*% B   ->  tsmm(A)        when A and B are the same value
 * </pre>
 *
 * <p>Condition: the other form is in the cache. Cost: the transposed cells. Error: none beyond that
 * of the kernels.
 */
final class TransposedProduct implements Rewrite {
  @Override
  public String name() {
    return "transposed-product";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    Facts a = inputs[0].facts();
    Facts b = inputs[1].facts();
    if (a.key() == null || b.key() == null) {
      return null;
    }
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    if (ta != tb && a.key().equals(b.key())) {
      return planner.cached(Facts.of(Operations.selfProduct(tb), a));
    }
    Given other = planner.cached(Facts.of(Operations.product(!tb, !ta), b, a));
    return other == null ? null : planner.transposed(other);
  }
}
