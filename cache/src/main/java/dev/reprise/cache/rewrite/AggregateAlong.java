package dev.reprise.cache.rewrite;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Aggregates that see all parts.
 *
 * <pre>
 *   sum(cbind(X, D))       ->  sum(X) + sum(D)                     also min, max, mean
 *   colSums(rbind(X, D))   ->  colSums(X) + colSums(D)             also Means (weighted)
 *   colMaxs(rbind(X, D))   ->  max(colMaxs(X), colMaxs(D))         also Mins
 *   rowSums(cbind(X, D))   ->  rowSums(X) + rowSums(D)
 * </pre>
 *
 * <p>Condition: rows aggregated over a cbind, columns over an rbind, or everything over either.
 * Cost: what is not cached of the parts' aggregates and their combination; the bind is not copied.
 * Error: that of summing in another order, n eps of the norm; none for extremes.
 */
final class AggregateAlong implements Rewrite {
  @Override
  public String name() {
    return "aggregate-along";
  }

  @Override
  public Set<String> opcodes() {
    return Operations.with(Operations.COMBINABLE_AGGREGATES, "sum", "mean", "min", "max");
  }

  @Override
  public Term compensate(Operation operation, Term[] inputs, Planner planner) {
    if (!(inputs[0] instanceof Given given) || given.boundOrNull() == null) {
      return null;
    }
    String name = operation.name();
    boolean columns = given.boundOrNull().isColumns();
    boolean isTotal = !name.startsWith("col") && !name.startsWith("row");
    if (!isTotal && name.startsWith("col") == columns) {
      return null;
    }
    Term[] parts = planner.parts(given, columns);
    Term[] aggregates = planner.aggregates(name, parts);
    return isTotal
        ? total(name, aggregates, parts, given.shape())
        : vector(name, aggregates, parts, columns, given.shape(), planner);
  }

  private static Term total(String name, Term[] aggregates, Term[] parts, Shape whole) {
    return switch (name) {
      case "sum" -> new Total(Double::sum, aggregates);
      case "min" -> new Total(Math::min, aggregates);
      case "max" -> new Total(Math::max, aggregates);
      default -> {
        double[] weights = new double[parts.length];
        for (int i = 0; i < weights.length; i++) {
          weights[i] = (double) parts[i].shape().cells() / whole.cells();
        }
        yield Total.weighted(weights, aggregates);
      }
    };
  }

  private static Term vector(
      String name, Term[] aggregates, Term[] parts, boolean columns, Shape whole, Planner planner) {
    if (name.endsWith("Sums")) {
      return planner.sum(List.of(aggregates));
    }
    if (name.endsWith("Means")) {
      List<Term> weighted = new ArrayList<>();
      for (int i = 0; i < parts.length; i++) {
        Shape part = parts[i].shape();
        double share =
            columns ? (double) part.cols() / whole.cols() : (double) part.rows() / whole.rows();
        weighted.add(planner.scaled(aggregates[i], share));
      }
      return planner.sum(weighted);
    }
    Operation extreme = Operations.of(name.endsWith("Maxs") ? "pmax" : "pmin");
    Term result = aggregates[0];
    for (int i = 1; i < aggregates.length; i++) {
      result = planner.cells(extreme, result, aggregates[i]);
    }
    return result;
  }
}
