package dev.reprise.runtime.cpu.distribution;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;
import org.apache.commons.statistics.distribution.ContinuousDistribution;

/** The probability of a value at most {@code target}, or above it without the lower tail. */
final class ProbabilityKernel implements Kernel {
  private final String distribution;

  /** Takes the distribution's name, or null when it is an operand. */
  ProbabilityKernel(String distribution) {
    this.distribution = distribution;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    ContinuousDistribution known = NamedDistribution.of(distribution, operation, inputs);
    boolean lower = Arguments.flag(operation, inputs, operation.opcode().indexOf("lower.tail"));
    return CellFunction.apply(
        operation,
        inputs,
        lower ? known::cumulativeProbability : known::survivalProbability,
        context);
  }
}
