package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * A product whose right operand has appended columns.
 *
 * <pre>
 *   X %*% cbind(Y, D)      ->  cbind(X %*% Y, X %*% D)
 *   X %*% cbind(Y, 1)      ->  cbind(X %*% Y, rowSums(X))      with ConstantFactor
 *   X %*% t(rbind(Y, D))   ->  cbind(X %*% t(Y), X %*% t(D))
 * </pre>
 *
 * <p>Condition: the right operand is bound, of any number of parts, nested or not. Cost: what is
 * not cached of the parts' products; the bind is not copied. Error: none beyond that of the
 * kernels, which may add up in another order for other widths.
 */
final class ProductOfBoundColumns implements Rewrite {
  @Override
  public String name() {
    return "product-of-bound-columns";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Term[] parts = planner.parts(inputs[1], !tb);
    if (parts == null) {
      return null;
    }
    Term[] products = new Term[parts.length];
    for (int i = 0; i < parts.length; i++) {
      products[i] = planner.product(inputs[0], ta, parts[i], tb);
    }
    return Grid.of(true, products);
  }
}
