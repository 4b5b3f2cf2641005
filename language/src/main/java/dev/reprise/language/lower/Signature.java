package dev.reprise.language.lower;

import dev.reprise.language.syntax.ExpressionPrinter;
import dev.reprise.language.syntax.Function;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Parameter;
import java.util.List;

/**
 * The parameters of what is called.
 *
 * @param names as arguments name them
 * @param shown as messages show them: {@code reg=0.1} with a default, {@code [weights]} when it may
 *     be left out
 */
record Signature(List<String> names, List<String> shown) {

  static Signature of(List<String> names) {
    return new Signature(names, names);
  }

  static Signature of(Opcode opcode) {
    return new Signature(
        opcode.parameters().stream().map(Parameter::name).toList(),
        opcode.parameters().stream().map(Signature::shown).toList());
  }

  static Signature ofFunction(Function function) {
    return new Signature(
        function.parameters().stream().map(Function.Parameter::name).toList(),
        function.parameters().stream().map(Signature::shown).toList());
  }

  /**
   * A parameter as signatures show it: with its default, or in brackets when it may be left out.
   */
  static String shown(Parameter parameter) {
    if (parameter.isRequired()) {
      return parameter.name();
    }
    Scalar value = parameter.defaultValue();
    if (value.isAbsent()) {
      return "[" + parameter.name() + "]";
    }
    String text = value.asString().replace("\n", "\\n");
    return parameter.name() + "=" + (value.type() == ValueType.STRING ? '"' + text + '"' : text);
  }

  private static String shown(Function.Parameter parameter) {
    return parameter.defaultValue() == null
        ? parameter.name()
        : parameter.name() + "=" + ExpressionPrinter.print(parameter.defaultValue());
  }
}
