package dev.reprise.language.lower;

import dev.reprise.language.lower.Builtins.Row;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.syntax.Expression;
import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.Scalar;
import java.util.Map;

/** Builtins whose optional argument stands in the middle. */
final class StatisticsBuiltins {
  private StatisticsBuiltins() {}

  static void addTo(Map<String, Row> rows) {
    rows.put("quantile", site -> weighted(site, "quantile", "target", "p"));
    rows.put("moment", site -> weighted(site, "moment", "target", "order"));
    rows.put("stft", StatisticsBuiltins::windows);
    rows.put("table", StatisticsBuiltins::table);
    rows.put("sample", StatisticsBuiltins::sample);
    rows.put("countDistinctApprox", StatisticsBuiltins::countDistinct);
  }

  /** {@code f(X, last)} or {@code f(X, weights, last)}. */
  private static Lowered weighted(CallSite site, String opcode, String first, String last) {
    if (site.count() > 2) {
      return site.compute(opcode, site.required(first, "weights", last));
    }
    int[] two = site.required(first, last);
    return site.compute(opcode, two[0], site.absent(), two[1]);
  }

  /** {@code stft(re, windowSize, overlap)} or {@code stft(re, im, windowSize, overlap)}. */
  private static Lowered windows(CallSite site) {
    boolean complex =
        site.count() > 3 || site.arguments().stream().anyMatch(a -> "im".equals(a.name()));
    if (complex) {
      return site.compute("stft", site.required("re", "im", "windowSize", "overlap"));
    }
    int[] real = site.required("re", "windowSize", "overlap");
    return site.compute("stft", real[0], site.absent(), real[1], real[2]);
  }

  /** {@code table(a, b[, weights][, rows, columns])}. */
  private static Lowered table(CallSite site) {
    long positional = site.arguments().stream().filter(a -> a.name() == null).count();
    int[] bound;
    if (positional == 4) {
      bound = site.bound(2, "dim1", "dim2", "outdim1", "outdim2", "weights", "outputEmptyBlocks");
      bound = new int[] {bound[0], bound[1], bound[4], bound[2], bound[3], bound[5]};
    } else {
      bound = site.bound(2, "dim1", "dim2", "weights", "outdim1", "outdim2", "outputEmptyBlocks");
    }
    if (site.context().builder().constantAt(bound[5]) == Scalar.absent()) {
      bound[5] = site.context().builder().constant(Scalar.of(true));
    }
    return site.compute("table", bound);
  }

  /** An exact count is the best approximation; {@code type} names a sketch that is not needed. */
  private static Lowered countDistinct(CallSite site) {
    int[] bound = site.bound(1, "target", "dir", "type");
    return site.compute(
        "countDistinct", bound[0], orDefault(bound[1], Scalar.of("rc"), site.context()));
  }

  /** {@code sample(range, size[, replace][, seed])}: a third number is the seed. */
  private static Lowered sample(CallSite site) {
    ProcedureContext context = site.context();
    boolean seedThird =
        site.count() == 3
            && site.arguments().get(2).name() == null
            && !isTruth(site.arguments().get(2).value(), context);
    int[] bound =
        seedThird
            ? site.bound(2, "range", "size", "seed", "replace")
            : site.bound(2, "range", "size", "replace", "seed");
    int replace = bound[seedThird ? 3 : 2];
    int seed = bound[seedThird ? 2 : 3];
    return site.compute(
        "sample",
        bound[0],
        bound[1],
        orDefault(replace, Scalar.of(false), context),
        orDefault(seed, Scalar.of(-1L), context));
  }

  private static int orDefault(int operand, Scalar fallback, ProcedureContext context) {
    return context.builder().constantAt(operand) == Scalar.absent()
        ? context.builder().constant(fallback)
        : operand;
  }

  private static boolean isTruth(Expression expression, ProcedureContext context) {
    return switch (expression) {
      case Expression.Literal literal -> literal.value() instanceof BooleanScalar;
      case Expression.Name name ->
          context.parameterTypes().get(name.name()) == DeclaredType.BOOLEAN
              || name.name().equals("replace");
      case Expression.Unary unary -> unary.operator().equals("!");
      case Expression.Binary binary -> "<=>=!=&|".contains(binary.operator());
      default -> false;
    };
  }
}
