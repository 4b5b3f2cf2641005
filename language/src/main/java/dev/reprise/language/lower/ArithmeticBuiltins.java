package dev.reprise.language.lower;

import dev.reprise.language.lower.Builtins.Row;
import dev.reprise.language.syntax.Expression;
import java.util.List;
import java.util.Map;

/** Builtins that stand for operators, or for several depending on the number of arguments. */
final class ArithmeticBuiltins {
  private static final List<String> OPERATORS =
      List.of("+", "-", "*", "/", "^", "%%", "%/%", "<", "<=", ">", ">=", "==", "!=", "&", "|");

  private ArithmeticBuiltins() {}

  static void addTo(Map<String, Row> rows) {
    rows.put("min", site -> site.count() < 2 ? Builtins.byTable(site, "min") : fold(site, "pmin"));
    rows.put("max", site -> site.count() < 2 ? Builtins.byTable(site, "max") : fold(site, "pmax"));
    rows.put("pmin", site -> fold(site, "pmin"));
    rows.put("pmax", site -> fold(site, "pmax"));
    rows.put("log", ArithmeticBuiltins::log);
    rows.put("ppred", ArithmeticBuiltins::compare);
    rows.put("einsum", EinsumLowering::lower);
  }

  /** {@code min(a, b, c)} is {@code pmin(pmin(a, b), c)}. */
  private static Lowered fold(CallSite site, String opcode) {
    List<Expression.Argument> arguments = site.arguments();
    if (arguments.size() < 2) {
      return Builtins.byTable(site, opcode);
    }
    int left = site.operand(arguments.get(0).value());
    for (int i = 1; i < arguments.size() - 1; i++) {
      left =
          site.expressions()
              .temporary(site.compute(opcode, left, site.operand(arguments.get(i).value())));
    }
    return site.compute(opcode, left, site.operand(arguments.getLast().value()));
  }

  private static Lowered log(CallSite site) {
    return site.count() == 2
        ? site.compute("log_base", site.required("x", "base"))
        : Builtins.byTable(site, "log");
  }

  /** {@code ppred(X, y, "<")}. */
  private static Lowered compare(CallSite site) {
    if (site.count() != 3) {
      return site.error("'ppred' takes 3 arguments, found " + site.count(), null);
    }
    String operator = CallSite.literalText(site.arguments().get(2).value());
    if (operator == null || !OPERATORS.contains(operator)) {
      return site.error(
          "the third argument of 'ppred' must be an operator as text, for example \"<\"", null);
    }
    return site.compute(
        operator,
        site.operand(site.arguments().get(0).value()),
        site.operand(site.arguments().get(1).value()));
  }
}
