package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.code.CompensatedSums;
import dev.reprise.runtime.operation.Operation;

/** Central moments and covariances of vectors, optionally weighted by repetition. */
final class MomentKernels {
  private MomentKernels() {}

  static void register(KernelTable.Builder table) {
    table.add("moment", MomentKernels::moment);
    table.add("cov", MomentKernels::covariance);
  }

  private static Operand[] moment(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Vectors.vector(operation, inputs, 0);
    DenseMatrix weights = Vectors.vectorOrNull(operation, inputs, 1, x.cells());
    long order = Arguments.whole(operation, inputs, 2);
    return new Operand[] {Scalar.of(centralMoment(x, new WeightedSums(weights), order))};
  }

  /** The mean for order 0, else the central moment divided by the total weight. */
  private static double centralMoment(DenseMatrix x, WeightedSums sums, long order) {
    CompensatedSums powers = order == 0 ? null : powers(order);
    double total = sums.total(x.cells());
    double mean = sums.mean(x, total);
    return powers == null ? mean : sums.sum(powers, x, mean) / total;
  }

  private static CompensatedSums powers(long order) {
    if (order < 2 || order > 4) {
      throw new OperandException(
          "a central moment has order 0 (the mean), 2, 3 or 4, but got " + order);
    }
    return order == 2
        ? CompensatedSums.SQUARES
        : order == 3 ? CompensatedSums.CUBES : CompensatedSums.FOURTH_POWERS;
  }

  private static Operand[] covariance(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Vectors.vector(operation, inputs, 0);
    DenseMatrix y = Vectors.vector(operation, inputs, 1, x.cells());
    WeightedSums sums = new WeightedSums(Vectors.vectorOrNull(operation, inputs, 2, x.cells()));
    double total = sums.total(x.cells());
    double products = sums.products(x, sums.mean(x, total), y, sums.mean(y, total));
    return new Operand[] {Scalar.of(x.cells() == 1 ? products : products / (total - 1))};
  }
}
