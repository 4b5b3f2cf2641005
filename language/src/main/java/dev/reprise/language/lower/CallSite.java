package dev.reprise.language.lower;

import dev.reprise.language.Position;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Argument;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.List;
import java.util.stream.IntStream;

/** One call of a builtin, as the rows of {@link Builtins} see it. */
record CallSite(Expression.Call call, ProcedureContext context, ExpressionLowering expressions) {

  List<Argument> arguments() {
    return call.arguments();
  }

  int count() {
    return call.arguments().size();
  }

  Position position() {
    return call.position();
  }

  int operand(Expression expression) {
    return expressions.operand(expression);
  }

  int absent() {
    return expressions.absent();
  }

  Lowered compute(String opcode, int... inputs) {
    return expressions.compute(opcode, call.position(), inputs);
  }

  Lowered compute(String opcode, Attributes attributes, int... inputs) {
    return expressions.compute(opcode, attributes, call.position(), inputs);
  }

  /** The operands of the arguments sorted by these parameters, all of them required. */
  int[] required(String... parameters) {
    return bound(parameters.length, parameters);
  }

  /**
   * The operands of the arguments sorted by these parameters, absent where left out.
   *
   * @param required how many of the parameters must be given
   */
  int[] bound(int required, String... parameters) {
    List<String> names = List.of(parameters);
    Signature signature =
        new Signature(
            names,
            IntStream.range(0, parameters.length)
                .mapToObj(i -> i < required ? parameters[i] : "[" + parameters[i] + "]")
                .toList());
    Expression[] values = ArgumentBinding.of(call, signature, false, context).values();
    int[] operands = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null && i < required) {
        ArgumentBinding.missing(call, names.get(i), signature, context);
      }
      operands[i] = values[i] == null ? absent() : operand(values[i]);
    }
    return operands;
  }

  /** Attributes name.0, name.1, ... for named arguments; none when all are positional. */
  Attributes names(List<Argument> arguments) {
    Attributes names = Attributes.none();
    if (arguments.stream().anyMatch(argument -> argument.name() != null)) {
      for (int i = 0; i < arguments.size(); i++) {
        String name = arguments.get(i).name();
        names = names.with("name." + i, name == null ? "" : name);
      }
    }
    return names;
  }

  /** The text of a literal argument, or null when it is something else. */
  static String literalText(Expression expression) {
    return expression instanceof Expression.Literal literal
            && literal.value() instanceof StringScalar(String text)
        ? text
        : null;
  }

  Lowered error(String message, String hint) {
    context.error(call.position(), call.fullName().length(), message, hint);
    return new Lowered.Value(absent());
  }
}
