package dev.reprise.runtime.cpu.distribution;

import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.ExponentialDistribution;
import org.apache.commons.statistics.distribution.FDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** Reads which distribution an operation means, and its parameters. */
final class NamedDistribution {
  private final Operation operation;
  private final Operand[] inputs;

  private NamedDistribution(Operation operation, Operand[] inputs) {
    this.operation = operation;
    this.inputs = inputs;
  }

  /**
   * The distribution with the operation's parameters.
   *
   * @param name its name, or null to read it from the operand {@code dist}
   */
  static ContinuousDistribution of(String name, Operation operation, Operand[] inputs) {
    NamedDistribution parameters = new NamedDistribution(operation, inputs);
    try {
      return parameters.make(name == null ? parameters.text("dist") : name);
    } catch (IllegalArgumentException e) {
      throw new OperandException("'" + operation.name() + "' " + e.getMessage());
    }
  }

  private ContinuousDistribution make(String name) {
    return switch (name) {
      case "normal" -> NormalDistribution.of(number("mean"), number("sd"));
      case "t" -> TDistribution.of(number("df"));
      case "f" -> FDistribution.of(number("df1"), number("df2"));
      case "chisq" -> ChiSquaredDistribution.of(number("df"));
      case "exp" -> ExponentialDistribution.of(1 / number("rate"));
      default ->
          throw new OperandException(
              "'"
                  + operation.name()
                  + "' knows the distributions normal, t, f, chisq and exp, not \""
                  + name
                  + "\"");
    };
  }

  private String text(String parameter) {
    return Arguments.text(operation, inputs, operation.opcode().indexOf(parameter));
  }

  private double number(String parameter) {
    int at = operation.opcode().indexOf(parameter);
    if (Arguments.isAbsent(inputs[at])) {
      throw new OperandException(
          "'" + operation.name() + "' needs '" + parameter + "' for this distribution");
    }
    return Arguments.number(operation, inputs, at);
  }
}
