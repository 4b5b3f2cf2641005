package dev.reprise.cache.rewrite;

import dev.reprise.cache.rewrite.RegionMemory.Seen;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * Columns or rows of a product of which the first or the last are cached.
 *
 * <pre>
 *   A %*% E[, 1:k]      ->  cbind(A %*% E[, 1:j], A %*% E[, (j+1):k])      for j below k
 *   t(P[, 1:k]) %*% y   ->  rbind(t(P[, 1:j]) %*% y, t(P[, (j+1):k]) %*% y)
 * </pre>
 *
 * <p>This is how a projection onto k principal components grows from the one before: each column of
 * the product is computed once for all k. Condition: literal lower bounds; a rectangle of the same
 * larger product is in the cache that has the same rows, first and number, fewer columns, and the
 * same first or last one (or rows for columns); all columns begin with the first. Cost: the missing
 * columns; large results stay bound. Error: none beyond that of the kernels, which may add up in
 * another order for other widths.
 */
final class ProductExtension implements Rewrite {
  @Override
  public String name() {
    return "product-extension";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    Region region = Regions.of(operation, inputs);
    if (region == null) {
      return null;
    }
    Shape shape = operation.opcode().result().infer(operation, inputs).shape();
    Term best = null;
    for (Seen seen : planner.session().regions().of(region.base())) {
      Term term = extended(operation, inputs, planner, region, shape, seen);
      if (term != null && (best == null || term.cost() < best.cost())) {
        best = term;
      }
    }
    return best;
  }

  private static Term extended(
      Operation operation, Term[] inputs, Planner planner, Region region, Shape shape, Seen seen) {
    boolean sameRows = seen.row() == region.row() && seen.rows() == shape.rows();
    boolean sameCols = seen.col() == region.col() && seen.cols() == shape.cols();
    if (sameRows == sameCols) {
      return null;
    }
    boolean columns = sameRows;
    // All columns, or rows, begin with the first.
    long from = Math.max(1, columns ? region.col() : region.row());
    long size = columns ? shape.cols() : shape.rows();
    long knownFrom = columns ? seen.col() : seen.row();
    long known = columns ? seen.cols() : seen.rows();
    boolean isFirst = knownFrom == from;
    if (known >= size || !isFirst && knownFrom + known != from + size) {
      return null;
    }
    Given there = planner.cached(Facts.of(seen.key()));
    if (there == null) {
      return null;
    }
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    long at = isFirst ? known : 0;
    Term rest =
        columns
            ? planner.product(
                inputs[0], ta, planner.rectangle(inputs[1], !tb, at, size - known), tb)
            : planner.product(
                planner.rectangle(inputs[0], ta, at, size - known), ta, inputs[1], tb);
    return isFirst ? Grid.of(columns, there, rest) : Grid.of(columns, rest, there);
  }
}
