package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * A product with a column or row whose cells are all c: the intercept's part of appended products.
 *
 * <pre>
 *   X %*% c1        ->  rowSums(X) * c
 *   t(X) %*% c1     ->  t(colSums(X)) * c
 *   t(c1) %*% X     ->  colSums(X) * c
 * </pre>
 *
 * <p>Condition: the vector is {@code matrix(c, n, 1)} or {@code matrix(c, 1, n)} with a literal c,
 * neither 0, infinite nor beyond 2^64 in either direction: sums would overflow, or miss an {@code
 * Inf - Inf}, where the product does not; it runs along the inner dimension; and the product is
 * part of another one, or the sums are cached. Cost: one pass over X unless the sums are cached.
 * Error: that of summing in another order, n eps of the norm.
 */
final class ConstantFactor implements Rewrite {
  private static final double LARGEST_FACTOR = 0x1p64;

  @Override
  public String name() {
    return "constant-factor";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    Term a = inputs[0];
    Term b = inputs[1];
    long rows = ta ? a.shape().cols() : a.shape().rows();
    long inner = ta ? a.shape().rows() : a.shape().cols();
    long cols = tb ? b.shape().rows() : b.shape().cols();
    if (inner < 2) {
      return null;
    }
    if (isModerate(b) && cols == 1) {
      Term sums = planner.aggregate(ta ? "colSums" : "rowSums", a);
      return result(sums, ta, b.facts().constant(), planner);
    }
    if (isModerate(a) && rows == 1) {
      Term sums = planner.aggregate(tb ? "rowSums" : "colSums", b);
      return result(sums, tb, a.facts().constant(), planner);
    }
    return null;
  }

  /** Never true of a matrix whose cells are not known to be equal. */
  private static boolean isModerate(Term vector) {
    double size = Math.abs(vector.facts().constant());
    return size >= 1 / LARGEST_FACTOR && size <= LARGEST_FACTOR;
  }

  /** By itself a sum saves little over a product: not worth other last bits unless it is there. */
  private static Term result(Term sums, boolean transposed, double factor, Planner planner) {
    if (!planner.isWithin() && sums instanceof Applied) {
      return null;
    }
    Term product = planner.scaled(transposed ? planner.transposed(sums) : sums, factor);
    // A product that cancels is 0, a sum of 0 times a negative number is -0.
    return factor < 0 ? planner.cells(Operations.of("+"), product, Planner.scalar(0)) : product;
  }
}
