package dev.reprise.cache.rewrite;

import dev.reprise.cache.rewrite.RegionMemory.Seen;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * A rectangle of a result that is cached, or that lies within a cached larger rectangle of it.
 *
 * <pre>
 *   X %*% Y[, 1:k]            ->  (X %*% Y)[, 1:k]
 *   X[1:k, ] %*% Y            ->  (X %*% Y)[1:k, ]
 *   t(X[, 1:k]) %*% Y         ->  (t(X) %*% Y)[1:k, ]
 *   tsmm(X[, 1:k])            ->  tsmm(X)[1:k, 1:k]
 *   tsmm(X %*% E[, 1:k])      ->  tsmm(X %*% E[, 1:m])[1:k, 1:k]      for k below m
 *   colSums(X[, a:b])         ->  colSums(X)[, a:b]
 * </pre>
 *
 * <p>Condition: literal lower bounds; what they cut is no inner dimension; and the whole result is
 * in the cache, or a rectangle of it that reaches at least as far in all four directions, where all
 * rows (or columns) lie only within all rows. Cost: the copied cells. Error: none beyond that of
 * the kernels, which may add up in another order for other widths.
 */
final class Projection implements Rewrite {
  @Override
  public String name() {
    return "projection";
  }

  @Override
  public Set<String> opcodes() {
    return Operations.with(Operations.LINE_AGGREGATES, "matmul", "tsmm");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    Region region = Regions.of(operation, inputs);
    if (region == null) {
      return null;
    }
    Shape shape = operation.opcode().result().infer(operation, inputs).shape();
    Given whole = planner.cached(Facts.of(region.base()));
    if (whole != null) {
      return cut(whole, Math.max(0, region.row() - 1), Math.max(0, region.col() - 1), shape);
    }
    for (Seen seen : planner.session().regions().of(region.base())) {
      long row = offset(region.row(), shape.rows(), seen.row(), seen.rows());
      long col = offset(region.col(), shape.cols(), seen.col(), seen.cols());
      if (row >= 0 && col >= 0) {
        Given larger = planner.cached(Facts.of(seen.key()));
        if (larger != null) {
          return cut(larger, row, col, shape);
        }
      }
    }
    return null;
  }

  private static Term cut(Term whole, long row, long col, Shape shape) {
    Shape from = whole.shape();
    boolean fits =
        from != null && row + shape.rows() <= from.rows() && col + shape.cols() <= from.cols();
    return fits ? Planner.slice(whole, row, col, shape) : null;
  }

  /** Where one extent begins within another, from 0; -1 when it does not lie inside. */
  private static long offset(long from, long size, long seenFrom, long seenSize) {
    if (from == 0 || seenFrom == 0) {
      return from == seenFrom && size == seenSize ? 0 : -1;
    }
    return from >= seenFrom && from + size <= seenFrom + seenSize ? from - seenFrom : -1;
  }
}
