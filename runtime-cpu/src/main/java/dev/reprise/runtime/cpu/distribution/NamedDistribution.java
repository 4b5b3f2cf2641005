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
    String wanted = name == null ? parameters.text("dist") : name;
    try {
      return parameters.make(wanted);
    } catch (IllegalArgumentException e) {
      // An infinite parameter, say.
      throw new OperandException(
          "'"
              + operation.name()
              + "' cannot use these parameters of the distribution "
              + wanted
              + ": "
              + e.getMessage());
    }
  }

  private ContinuousDistribution make(String name) {
    return switch (name) {
      case "normal" -> NormalDistribution.of(number("mean"), positive("sd"));
      case "t" -> TDistribution.of(positive("df"));
      case "f" -> FDistribution.of(positive("df1"), positive("df2"));
      case "chisq" -> ChiSquaredDistribution.of(positive("df"));
      case "exp" -> ExponentialDistribution.of(1 / positive("rate"));
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

  private double positive(String parameter) {
    double value = number(parameter);
    if (!(value > 0)) {
      throw new OperandException(
          "'" + operation.name() + "' needs '" + parameter + "' above 0, but got " + value);
    }
    return value;
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
