package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * Products with single columns of a matrix, again and again: computes the product with the whole
 * matrix once and cuts from then on.
 *
 * <pre>
 *   t(X) %*% D[, i]   ->  (t(X) %*% D)[, i]      once enough has been paid for single columns
 * </pre>
 *
 * <p>This is ski rental. Condition: a few rows or columns of one operand (at most 1/16), all of the
 * other, no inner dimension cut; the whole of the one is in the cache (it is put there once enough
 * was paid for its pieces); what was paid for such products of the same operands has reached 1/8 of
 * the estimate for the whole; the whole takes at most an eighth of the memory. In the worst case,
 * nothing is asked for any more and nine times the rent has been paid; in the best, a thousand
 * matrix-vector products become one matrix product. Cost: one whole product, spread over those to
 * come. Error: none beyond that of the kernels.
 */
final class Batching implements Rewrite {
  private static final double PAID_BEFORE_BUYING = 1.0 / 8;
  private static final long LEAST_COUNT = 16;

  @Override
  public String name() {
    return "batching";
  }

  @Override
  public Set<String> opcodes() {
    return Set.of("matmul");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    Region region = Regions.of(operation, inputs);
    if (region == null || (region.row() == 0) == (region.col() == 0)) {
      return null;
    }
    Rent rent = planner.session().rent();
    double paid = rent.paid(region.base());
    if (paid == 0) {
      return null;
    }
    boolean columns = region.col() != 0;
    Term cut = inputs[columns ? 1 : 0];
    Given whole = planner.cached(Facts.of(cut.facts().region().base()));
    if (whole == null || !isFew(cut.shape(), whole.shape())) {
      return null;
    }
    Term[] operands = inputs.clone();
    operands[columns ? 1 : 0] = whole;
    Facts facts = Facts.of(operation, operands[0].facts(), operands[1].facts());
    Shape shape = operation.opcode().result().infer(operation, operands).shape();
    if (!region.base().equals(facts.key())
        || shape.cells() * Double.BYTES > planner.session().largestInvestment()) {
      return null;
    }
    Term product = planner.executed(operation, operands);
    if (paid < PAID_BEFORE_BUYING * product.cost()) {
      return null;
    }
    Shape wanted = operation.opcode().result().infer(operation, inputs).shape();
    long row = Math.max(0, region.row() - 1);
    long col = Math.max(0, region.col() - 1);
    Term slice = Planner.slice(product, row, col, wanted);
    return new Invested(slice, Costs.CALL + Costs.copy(wanted), region.base());
  }

  private static boolean isFew(Shape cut, Shape whole) {
    return cut.cells() * LEAST_COUNT <= whole.cells();
  }
}
