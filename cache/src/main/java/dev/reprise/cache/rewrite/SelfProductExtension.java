package dev.reprise.cache.rewrite;

import dev.reprise.cache.rewrite.RegionMemory.Seen;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * {@code tsmm} of columns of which the first are cached, in blocks.
 *
 * <pre>
 *   tsmm(P[, 1:k])  ->  [ tsmm(P[, 1:j])   t(P1) %*% P2 ]     P1 = P[, 1:j], P2 = P[, (j+1):k]
 *                       [ mirrored         tsmm(P2)     ]
 * </pre>
 *
 * <p>Condition: literal lower bounds; a smaller square of the same {@code tsmm} is in the cache
 * that lies on its diagonal and begins at the same column; its first row, its first column and both
 * its extents tell. Cost: the missing blocks, and copies of P1 and P2 unless P is bound of them.
 * Error: that of summing in another order, k eps of the norm.
 */
final class SelfProductExtension implements Rewrite {
  @Override
  public String name() {
    return "self-product-extension";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("tsmm");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    Region region = Regions.of(operation, inputs);
    if (region == null) {
      return null;
    }
    boolean right = operation.attributes().isSet("right");
    Term x = inputs[0];
    long size = right ? x.shape().rows() : x.shape().cols();
    Term best = null;
    for (Seen seen : planner.session().regions().of(region.base())) {
      if (!isFirstBlock(seen, region) || seen.rows() >= size) {
        continue;
      }
      Given there = planner.cached(Facts.of(seen.key()));
      if (there != null) {
        Term first = planner.rectangle(x, !right, 0, seen.rows());
        Term rest = planner.rectangle(x, !right, seen.rows(), size - seen.rows());
        Term term =
            Grid.of(
                new Term[][] {
                  {there, planner.product(first, !right, rest, right)},
                  {null, planner.selfProduct(rest, right)}
                });
        best = best == null || term.cost() < best.cost() ? term : best;
      }
    }
    return best;
  }

  /** Other rectangles of the product are known, too: {@code t(P[, 1:5]) %*% P[, 6:10]}. */
  private static boolean isFirstBlock(Seen seen, Region region) {
    return seen.row() == region.row() && seen.col() == region.col() && seen.rows() == seen.cols();
  }
}
