package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * A product whose left operand has appended rows.
 *
 * <pre>
 *   rbind(X, D) %*% Y      ->  rbind(X %*% Y, D %*% Y)
 *   t(cbind(X, D)) %*% Y   ->  rbind(t(X) %*% Y, t(D) %*% Y)
 * </pre>
 *
 * <p>Condition: the left operand is bound, of any number of parts, nested or not. Cost: what is not
 * cached of the parts' products; the bind is not copied. Error: none beyond that of the kernels,
 * which may add up in another order for other widths.
 */
final class ProductOfBoundRows implements Rewrite {
  @Override
  public String name() {
    return "product-of-bound-rows";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Term[] parts = planner.parts(inputs[0], ta);
    if (parts == null) {
      return null;
    }
    Term[] products = new Term[parts.length];
    for (int i = 0; i < parts.length; i++) {
      products[i] = planner.product(parts[i], ta, inputs[1], tb);
    }
    return Grid.of(false, products);
  }
}
