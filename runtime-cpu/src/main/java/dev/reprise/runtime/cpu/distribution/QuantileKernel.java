package dev.reprise.runtime.cpu.distribution;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.operation.Operation;
import org.apache.commons.statistics.distribution.ContinuousDistribution;

/** The value that a random one is at most with the probability {@code target}. */
final class QuantileKernel implements Kernel {
  /** The library's root finder stops some 1e-9 short; each step squares the relative error. */
  private static final int NEWTON_STEPS = 3;

  private final String distribution;

  /** Takes the distribution's name, or null when it is an operand. */
  QuantileKernel(String distribution) {
    this.distribution = distribution;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    ContinuousDistribution known = NamedDistribution.of(distribution, operation, inputs);
    return CellFunction.apply(operation, inputs, p -> quantile(operation, known, p), context);
  }

  private static double quantile(Operation operation, ContinuousDistribution known, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new OperandException(
          "'" + operation.name() + "' needs a probability from 0 to 1, not " + p);
    }
    double x = inverse(operation, known, p);
    for (int i = 0; i < NEWTON_STEPS && p > 0 && p < 1; i++) {
      double error =
          p <= 0.5 ? known.cumulativeProbability(x) - p : (1 - p) - known.survivalProbability(x);
      double step = error / known.density(x);
      if (!Double.isFinite(step) || Math.abs(step) > 1e-6 * Math.abs(x)) {
        break;
      }
      x -= step;
    }
    return x;
  }

  private static double inverse(Operation operation, ContinuousDistribution known, double p) {
    try {
      return known.inverseCumulativeProbability(p);
    } catch (IllegalArgumentException e) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' finds no value of the probability "
              + p
              + " with these parameters of the distribution");
    }
  }
}
