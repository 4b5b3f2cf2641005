package dev.reprise.language.optimize;

import dev.reprise.language.program.Instruction;
import dev.reprise.runtime.operation.Attributes;
import java.util.Set;

/**
 * Aggregates of what need not be made: of a transpose, and of sums of rows or columns. Extremes are
 * the same whatever the order; sums may round otherwise.
 */
final class AggregateRules {
  private static final Set<String> SUFFIXES =
      Set.of("Sums", "Means", "Maxs", "Mins", "Vars", "Sds", "Prods");

  private AggregateRules() {}

  /** True for {@code rowSums}, {@code colMaxs} and the like. */
  static boolean isOfRowsOrColumns(String name) {
    return (name.startsWith("row") || name.startsWith("col"))
        && SUFFIXES.contains(name.substring(3));
  }

  /** {@code sum(t(X)) = sum(X)}, {@code sum(rowSums(X)) = sum(X)}, {@code max(colMaxs(X))}. */
  static Instruction ofAll(Instruction.Compute compute, Site site) {
    String name = compute.operation().name();
    boolean exact = name.equals("min") || name.equals("max");
    if (!exact && !site.mayRound()) {
      return null;
    }
    int inner = compute.inputs()[0];
    int matrix = site.isOnlyUse(inner) ? TransposeRules.transposed(inner, site) : -1;
    if (matrix >= 0) {
      site.mayGo(inner);
      return site.replace("aggregate of transpose", compute, name, matrix);
    }
    String part = partOf(name);
    Instruction.Compute maker = site.values.maker(inner);
    if (part == null
        || maker == null
        || !site.isOnlyUse(inner)
        || !isOfRowsOrColumns(maker.operation().name())
        || !maker.operation().name().endsWith(part)
        || !site.values.isMatrix(maker.inputs()[0])) {
      return null;
    }
    site.mayGo(inner);
    return site.replace("aggregate of aggregates", compute, name, maker.inputs()[0]);
  }

  private static String partOf(String name) {
    return switch (name) {
      case "sum" -> "Sums";
      case "min" -> "Mins";
      case "max" -> "Maxs";
      default -> null;
    };
  }

  /** {@code colSums(t(X)) = t(rowSums(X))} and the like: a vector is transposed, not X. */
  static Instruction ofRowsOrColumns(Instruction.Compute compute, Site site) {
    String name = compute.operation().name();
    if (!isOfRowsOrColumns(name)) {
      return null;
    }
    boolean exact = name.endsWith("Mins") || name.endsWith("Maxs");
    int inner = compute.inputs()[0];
    int matrix = site.isOnlyUse(inner) ? TransposeRules.transposed(inner, site) : -1;
    if (matrix < 0 || !exact && !site.mayRound()) {
      return null;
    }
    site.mayGo(inner);
    String other = (name.startsWith("row") ? "col" : "row") + name.substring(3);
    int vector = site.temporary(other, Attributes.none(), compute.position(), matrix);
    return site.replace("aggregate of transpose", compute, "t", vector);
  }
}
