package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;

/** Quantiles, medians and inter-quartile means of vectors; NaN when the sample contains one. */
final class QuantileKernels {
  private final Parallel parallel;

  private QuantileKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    QuantileKernels kernels = new QuantileKernels(parallel);
    table.add("quantile", kernels::quantile);
    table.add(
        "median",
        (operation, inputs, context) ->
            new Operand[] {Scalar.of(kernels.sample(operation, inputs, context).median())});
    table.add(
        "interQuartileMean",
        (operation, inputs, context) ->
            new Operand[] {
              Scalar.of(kernels.sample(operation, inputs, context).interQuartileMean())
            });
  }

  private SortedSample sample(Operation operation, Operand[] inputs, ExecutionContext context) {
    double[] values = Vectors.read(operation, inputs, 0);
    double[] weights = Vectors.readOrNull(operation, inputs, 1, values.length);
    return weights == null
        ? SortedSample.of(values, parallel, context)
        : SortedSample.of(values, weights, parallel, context);
  }

  /** One quantile for a scalar p, a matrix of p's shape for a vector of them. */
  private Operand[] quantile(Operation operation, Operand[] inputs, ExecutionContext context) {
    SortedSample sample = sample(operation, inputs, context);
    if (inputs[2] instanceof Scalar p) {
      return new Operand[] {Scalar.of(sample.quantile(p.asDouble()))};
    }
    DenseMatrix p = Arguments.matrix(operation, inputs, 2);
    double[] results = Vectors.read(operation, inputs, 2);
    for (int i = 0; i < results.length; i++) {
      results[i] = sample.quantile(results[i]);
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), p.rows(), p.cols());
    for (int i = 0; i < results.length; i++) {
      out.segment().setAtIndex(Run.CELL, i, results[i]);
    }
    return new Operand[] {out};
  }
}
