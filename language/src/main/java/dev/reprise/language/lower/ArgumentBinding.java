package dev.reprise.language.lower;

import dev.reprise.language.NearestName;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Argument;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments of a call sorted by parameter: named ones by name, a positional one by its place in the
 * call, also after named ones. Reports what does not fit.
 *
 * @param values one per parameter; null where the argument is left out
 * @param rest arguments after those of the named parameters, when the call takes any number
 */
record ArgumentBinding(Expression[] values, List<Argument> rest) {

  /**
   * Binds the arguments of a call.
   *
   * @param variadic true when more arguments than parameters are welcome
   */
  static ArgumentBinding of(
      Expression.Call call, Signature signature, boolean variadic, ProcedureContext context) {
    List<String> parameters = signature.names();
    Expression[] values = new Expression[parameters.size()];
    List<Argument> rest = new ArrayList<>();
    for (int i = 0; i < call.arguments().size(); i++) {
      Argument argument = call.arguments().get(i);
      int at = argument.name() == null ? i : parameters.indexOf(argument.name());
      if (at >= 0 && at < values.length) {
        if (values[at] != null) {
          context.error(
              argument.position(),
              lengthOf(argument),
              "the argument '"
                  + parameters.get(at)
                  + "' of '"
                  + call.fullName()
                  + "' is given twice",
              null);
        }
        values[at] = argument.value();
      } else if (variadic) {
        rest.add(argument);
      } else if (argument.name() != null) {
        int meant = unknownName(call, argument, signature, context);
        if (meant >= 0 && values[meant] == null) {
          // One mistake, not a missing argument as well.
          values[meant] = argument.value();
        }
      } else {
        tooMany(call, argument, signature, context);
        break;
      }
    }
    return new ArgumentBinding(values, rest);
  }

  /** Reports it; returns the place of the parameter that is likely meant, or a negative number. */
  private static int unknownName(
      Expression.Call call, Argument argument, Signature signature, ProcedureContext context) {
    String nearest = nearest(argument.name(), signature.names());
    String hint = nearest == null ? null : "did you mean '" + nearest + "'?";
    context.error(
        argument.position(),
        lengthOf(argument),
        "'" + call.fullName() + "' has no argument '" + argument.name() + "'",
        hint != null ? hint : calledAs(call, signature));
    return nearest == null ? -1 : signature.names().indexOf(nearest);
  }

  /** Sizes have other names in R. */
  private static String nearest(String name, List<String> parameters) {
    String size =
        switch (name) {
          case "nrow", "nrows" -> "rows";
          case "ncol", "ncols" -> "cols";
          default -> null;
        };
    return size != null && parameters.contains(size) ? size : NearestName.of(name, parameters);
  }

  private static void tooMany(
      Expression.Call call, Argument argument, Signature signature, ProcedureContext context) {
    context.error(
        argument.position(),
        lengthOf(argument),
        "'"
            + call.fullName()
            + "' takes "
            + count(signature.names().size(), "argument")
            + ", found "
            + call.arguments().size(),
        calledAs(call, signature));
  }

  /** Reports a required parameter without an argument. */
  static void missing(
      Expression.Call call, String parameter, Signature signature, ProcedureContext context) {
    context.error(
        call.position(),
        call.fullName().length(),
        "'" + call.fullName() + "' misses its argument '" + parameter + "'",
        calledAs(call, signature));
  }

  private static String calledAs(Expression.Call call, Signature signature) {
    return "it is called as " + call.fullName() + "(" + String.join(", ", signature.shown()) + ")";
  }

  static String count(int n, String what) {
    return n == 0 ? "no " + what + "s" : n == 1 ? "1 " + what : n + " " + what + "s";
  }

  private static int lengthOf(Argument argument) {
    if (argument.name() != null) {
      return argument.name().length();
    }
    return argument.value() instanceof Expression.Name name ? name.name().length() : 1;
  }
}
