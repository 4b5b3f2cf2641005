package dev.reprise.cache.rewrite;

import dev.reprise.cache.rewrite.RegionMemory.Seen;
import dev.reprise.runtime.operation.Operation;
import java.util.List;
import java.util.Set;

/**
 * A product over rows of which the first or the last are cached.
 *
 * <pre>
 *   tsmm(X[a:c, ])               ->  tsmm(X[a:b, ]) + tsmm(X[(b+1):c, ])
 *   t(X[a:c, ]) %*% Y[a:c, ]     ->  t(X[a:b, ]) %*% Y[a:b, ] + t(X[(b+1):c, ]) %*% Y[(b+1):c, ]
 * </pre>
 *
 * <p>Condition: equal literal lower bounds; nothing but the inner dimension is cut; the product of
 * the same two matrices over a shorter range is in the cache, and that range has the same first or
 * last row. Nothing is ever subtracted. Cost: the missing rows, copied and multiplied, and the
 * addition. Error: that of summing in another order, k eps of the norm.
 */
final class RangeSum implements Rewrite {
  @Override
  public String name() {
    return "range-sum";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("tsmm", "matmul");
  }

  @Override
  public double worthwhile() {
    return 1;
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    Ranges range = Ranges.of(operation, inputs);
    if (range == null) {
      return null;
    }
    Term best = null;
    for (Seen seen : planner.session().ranges().of(range.family())) {
      boolean isFirst = seen.row() == range.from();
      boolean isLast = seen.row() + seen.rows() == range.from() + range.size();
      if (seen.rows() >= range.size() || !isFirst && !isLast) {
        continue;
      }
      Given there = planner.cached(Facts.of(seen.key()));
      if (there != null) {
        long at = isFirst ? seen.rows() : 0;
        Term rest = over(operation, inputs, planner, at, range.size() - seen.rows());
        Term term = planner.sum(List.of(there, rest));
        best = best == null || term.cost() < best.cost() ? term : best;
      }
    }
    return best;
  }

  private static Term over(
      Operation operation, Term[] inputs, Planner planner, long from, long count) {
    if (operation.name().equals("tsmm")) {
      boolean right = operation.attributes().isSet("right");
      return planner.selfProduct(planner.rectangle(inputs[0], right, from, count), right);
    }
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    return planner.product(
        planner.rectangle(inputs[0], !ta, from, count),
        ta,
        planner.rectangle(inputs[1], tb, from, count),
        tb);
  }
}
