package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * Aggregates that see one part each.
 *
 * <pre>
 *   colSums(cbind(X, D))  ->  cbind(colSums(X), colSums(D))      also Means, Maxs, Mins, Vars, Sds
 *   rowSums(rbind(X, D))  ->  rbind(rowSums(X), rowSums(D))
 * </pre>
 *
 * <p>Condition: columns of a cbind, or rows of an rbind. Cost: what is not cached of the parts'
 * aggregates; the bind is not copied. Error: that of summing in another order, n eps of the norm.
 */
final class AggregateAcross implements Rewrite {
  @Override
  public String name() {
    return "aggregate-across";
  }

  @Override
  public Set<String> opcodes() {
    return Operations.LINE_AGGREGATES;
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    boolean columns = operation.name().startsWith("col");
    Term[] parts = planner.parts(inputs[0], columns);
    if (parts == null) {
      return null;
    }
    Term[] aggregates = planner.aggregates(operation.name(), parts);
    return Grid.of(columns, aggregates);
  }
}
