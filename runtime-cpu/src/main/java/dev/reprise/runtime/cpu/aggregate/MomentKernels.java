package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.operation.Operation;

/** Central moments and covariances of vectors, optionally weighted by repetition. */
final class MomentKernels {
  private MomentKernels() {}

  static void register(KernelTable.Builder table) {
    table.add("moment", MomentKernels::moment);
    table.add("cov", MomentKernels::covariance);
  }

  private static Operand[] moment(Operation operation, Operand[] inputs, ExecutionContext context) {
    double[] x = Vectors.read(operation, inputs, 0);
    double[] weights = Vectors.readOrNull(operation, inputs, 1, x.length);
    long order = Arguments.whole(operation, inputs, 2);
    return new Operand[] {Scalar.of(centralMoment(x, weights, order))};
  }

  /** The mean for order 0, else the central moment divided by the total weight. */
  static double centralMoment(double[] x, double[] weights, long order) {
    if (order != 0 && (order < 2 || order > 4)) {
      throw new OperandException(
          "a central moment has order 0 (the mean), 2, 3 or 4, but got " + order);
    }
    double total = total(x, weights);
    double mean = mean(x, weights, total);
    if (order == 0) {
      return mean;
    }
    Accumulator powers = new Accumulator();
    for (int i = 0; i < x.length; i++) {
      double distance = x[i] - mean;
      double square = distance * distance;
      double power = order == 2 ? square : order == 3 ? square * distance : square * square;
      powers.add(weight(weights, i) * power);
    }
    return powers.value() / total;
  }

  private static Operand[] covariance(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    double[] x = Vectors.read(operation, inputs, 0);
    double[] y = Vectors.read(operation, inputs, 1, x.length);
    double[] weights = Vectors.readOrNull(operation, inputs, 2, x.length);
    double total = total(x, weights);
    double meanX = mean(x, weights, total);
    double meanY = mean(y, weights, total);
    Accumulator products = new Accumulator();
    for (int i = 0; i < x.length; i++) {
      products.add(weight(weights, i) * (x[i] - meanX) * (y[i] - meanY));
    }
    double result = x.length == 1 ? products.value() : products.value() / (total - 1);
    return new Operand[] {Scalar.of(result)};
  }

  private static double weight(double[] weights, int i) {
    return weights == null ? 1 : weights[i];
  }

  private static double total(double[] x, double[] weights) {
    if (weights == null) {
      return x.length;
    }
    Accumulator total = new Accumulator();
    for (double weight : weights) {
      total.add(weight);
    }
    return total.value();
  }

  private static double mean(double[] x, double[] weights, double total) {
    Accumulator sum = new Accumulator();
    for (int i = 0; i < x.length; i++) {
      sum.add(weight(weights, i) * x[i]);
    }
    return sum.value() / total;
  }
}
