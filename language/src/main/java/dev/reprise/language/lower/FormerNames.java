package dev.reprise.language.lower;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Argument;
import java.util.List;
import java.util.Map;

/**
 * Names of SystemDS 2 that programs still use for functions and arguments of the library. They are
 * accepted with one warning per file; a function of the script or of the user's library with such a
 * name goes first.
 */
final class FormerNames {
  private static final Map<String, String> FUNCTIONS = Map.of("naivebayes", "naiveBayes");

  private static final Map<String, Map<String, String>> ARGUMENTS =
      Map.of("l2svm", Map.of("lambda", "reg"), "msvm", Map.of("lambda", "reg"));

  private FormerNames() {}

  /** The library function that has another name today, or null. */
  static FunctionReference function(Expression.Call call, ProcedureContext context) {
    String today = FUNCTIONS.get(call.name());
    FunctionReference found = today == null ? null : context.functions().library(today);
    if (found != null) {
      context.warnOnce(
          call.position(),
          call.name().length(),
          "'" + call.name() + "' is called '" + today + "' today");
    }
    return found;
  }

  /** The call with the names that its arguments have today, those of {@code parameters}. */
  static Expression.Call today(
      Expression.Call call, List<String> parameters, ProcedureContext context) {
    Map<String, String> former = ARGUMENTS.getOrDefault(call.fullName(), Map.of());
    if (call.arguments().stream().noneMatch(a -> isFormer(a, former, parameters))) {
      return call;
    }
    List<Argument> arguments =
        call.arguments().stream()
            .map(argument -> renamed(call, argument, former, parameters, context))
            .toList();
    return new Expression.Call(call.namespace(), call.name(), arguments, call.position());
  }

  private static boolean isFormer(
      Argument argument, Map<String, String> former, List<String> parameters) {
    return argument.name() != null
        && former.containsKey(argument.name())
        && !parameters.contains(argument.name());
  }

  private static Argument renamed(
      Expression.Call call,
      Argument argument,
      Map<String, String> former,
      List<String> parameters,
      ProcedureContext context) {
    if (!isFormer(argument, former, parameters)) {
      return argument;
    }
    String today = former.get(argument.name());
    context.warnOnce(
        argument.position(),
        argument.name().length(),
        "the argument '"
            + argument.name()
            + "' of '"
            + call.name()
            + "' is called '"
            + today
            + "' today");
    return new Argument(today, argument.value(), argument.position());
  }
}
