package dev.reprise.language.lower;

import dev.reprise.language.lower.Builtins.Row;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Argument;
import dev.reprise.runtime.operation.Attributes;
import java.util.List;
import java.util.Map;

/** Builtins that look at the program itself. */
final class ProgramBuiltins {
  private ProgramBuiltins() {}

  static void addTo(Map<String, Row> rows) {
    rows.put("ifdef", ProgramBuiltins::ifGiven);
    rows.put("exists", ProgramBuiltins::exists);
    rows.put("eval", ProgramBuiltins::eval);
    rows.put(
        "federated",
        site -> site.error("'federated' is not supported: all data is read locally", null));
  }

  /** {@code ifdef($x, default)}: decided here, from the arguments of the run. */
  private static Lowered ifGiven(CallSite site) {
    List<Argument> arguments = site.arguments();
    if (arguments.size() != 2
        || !(arguments.get(0).value() instanceof Expression.CommandArgument argument)) {
      return site.error(
          "'ifdef' takes an argument of the command line and a default",
          "it is called as ifdef($name, default)");
    }
    return site.context().arguments().containsKey(argument.name())
        ? site.expressions().lower(argument)
        : site.expressions().lower(arguments.get(1).value());
  }

  private static Lowered exists(CallSite site) {
    if (site.count() != 1) {
      return site.error("'exists' takes 1 argument, found " + site.count(), null);
    }
    Expression argument = site.arguments().getFirst().value();
    String variable =
        argument instanceof Expression.Name name ? name.name() : CallSite.literalText(argument);
    if (variable == null) {
      return site.error("'exists' takes the name of a variable", "for example exists(\"x\")");
    }
    Attributes attributes = Attributes.of("variable", variable);
    if (site.context().variables().contains(variable)) {
      int slot = site.context().builder().slot(variable);
      attributes = attributes.with("slot", Integer.toString(slot));
    }
    return site.compute("exists", attributes);
  }

  private static Lowered eval(CallSite site) {
    if (site.count() == 0 || site.arguments().getFirst().name() != null) {
      return site.error(
          "'eval' takes a function's name and its arguments", "for example eval(\"lm\", X, y)");
    }
    List<Argument> passed = site.arguments().subList(1, site.count());
    int[] inputs = site.arguments().stream().mapToInt(a -> site.operand(a.value())).toArray();
    return site.compute("eval", site.names(passed), inputs);
  }
}
