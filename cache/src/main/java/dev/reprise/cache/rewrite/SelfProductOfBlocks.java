package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * {@code tsmm} of appended columns, in blocks.
 *
 * <pre>
 *   tsmm(cbind(X, D))  ->  [ tsmm(X)       t(X) %*% D ]
 *                          [ mirrored      tsmm(D)    ]
 *   tsmm(cbind(X, c1)) ->  the same with c t(colSums(X))      with ConstantFactor
 * </pre>
 *
 * <p>Condition: the operand is bound, of at most eight parts, nested or not. Cost: what is not
 * cached of the blocks; the bind is not copied. Error: that of summing in another order, k eps of
 * the norm.
 */
final class SelfProductOfBlocks implements Rewrite {
  /** More parts make more than 36 blocks, and read X more often than one product does. */
  private static final int MOST_PARTS = 8;

  @Override
  public String name() {
    return "self-product-of-blocks";
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
    Term[] parts = planner.parts(inputs[0], !right);
    if (parts == null || parts.length > MOST_PARTS) {
      return null;
    }
    Term[][] blocks = new Term[parts.length][parts.length];
    for (int i = 0; i < parts.length; i++) {
      blocks[i][i] = planner.selfProduct(parts[i], right);
      for (int j = i + 1; j < parts.length; j++) {
        blocks[i][j] = planner.product(parts[i], !right, parts[j], right);
      }
    }
    return Grid.of(blocks);
  }
}
