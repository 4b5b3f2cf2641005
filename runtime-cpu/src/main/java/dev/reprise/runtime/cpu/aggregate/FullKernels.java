package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * Aggregates of a whole matrix into a double; a scalar counts as a single cell. Chunks have a fixed
 * number of cells and their results are combined in order, so the bits do not depend on the
 * threads.
 */
final class FullKernels {
  private static final long CHUNK = 1 << 16;

  private final Parallel parallel;

  private FullKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    FullKernels full = new FullKernels(parallel);
    table.add("sum", kernel(full::sum));
    table.add("mean", kernel(full::mean));
    table.add("var", kernel(full::variance));
    table.add("sd", kernel((x, context) -> Math.sqrt(full.variance(x, context))));
    table.add("min", kernel(full::min));
    table.add("max", kernel(full::max));
    table.add("prod", kernel(full::product));
    table.add("trace", kernel(FullKernels::trace));
  }

  private interface Aggregate {
    double of(DenseMatrix x, ExecutionContext context);
  }

  private static Kernel kernel(Aggregate aggregate) {
    return (operation, inputs, context) ->
        new Operand[] {Scalar.of(apply(aggregate, operation, inputs, context))};
  }

  private static double apply(
      Aggregate aggregate, Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof Scalar scalar && scalar.type() != ValueType.STRING) {
      boolean spread = operation.name().equals("var") || operation.name().equals("sd");
      return spread ? 0 : scalar.asDouble();
    }
    return aggregate.of(Arguments.matrix(operation, inputs, 0), context);
  }

  /** A reduction of one chunk on one thread. */
  private interface ChunkReduction {
    double of(Run run, MemorySegment cells, long at, long n);
  }

  private interface ChunkSum {
    void add(Accumulator total, Run run, long at, long n);
  }

  private double sum(DenseMatrix x, ExecutionContext context) {
    if (x.cells() <= CHUNK) {
      return new Run(x.cells()).sum(x.segment(), 0, x.cells());
    }
    MemorySegment cells = x.segment();
    return total(x, context, (total, run, at, n) -> run.addTo(total, cells, at, n));
  }

  private double mean(DenseMatrix x, ExecutionContext context) {
    return sum(x, context) / x.cells();
  }

  private double variance(DenseMatrix x, ExecutionContext context) {
    long n = x.cells();
    if (n == 0) {
      return Double.NaN;
    }
    double mean = mean(x, context);
    MemorySegment cells = x.segment();
    double squares =
        total(
            x, context, (total, run, at, count) -> run.addSquaresTo(total, mean, cells, at, count));
    return n == 1 ? squares : squares / (n - 1);
  }

  private double total(DenseMatrix x, ExecutionContext context, ChunkSum chunk) {
    long n = x.cells();
    Accumulator[] parts = new Accumulator[Math.toIntExact(Parallel.chunks(n, CHUNK))];
    parallel.forRange(
        context,
        n,
        CHUNK,
        (from, to) -> {
          Accumulator part = new Accumulator();
          chunk.add(part, new Run(to - from), 8 * from, to - from);
          parts[(int) (from / CHUNK)] = part;
        });
    Accumulator total = new Accumulator();
    for (Accumulator part : parts) {
      total.add(part);
    }
    return total.value();
  }

  private double[] reduce(DenseMatrix x, ExecutionContext context, ChunkReduction chunk) {
    long n = x.cells();
    double[] parts = new double[Math.toIntExact(Parallel.chunks(n, CHUNK))];
    parallel.forRange(
        context,
        n,
        CHUNK,
        (from, to) ->
            parts[(int) (from / CHUNK)] =
                chunk.of(new Run(to - from), x.segment(), 8 * from, to - from));
    return parts;
  }

  private double min(DenseMatrix x, ExecutionContext context) {
    double min = Double.POSITIVE_INFINITY;
    for (double part : reduce(x, context, Run::min)) {
      min = Math.min(min, part);
    }
    return min;
  }

  private double max(DenseMatrix x, ExecutionContext context) {
    double max = Double.NEGATIVE_INFINITY;
    for (double part : reduce(x, context, Run::max)) {
      max = Math.max(max, part);
    }
    return max;
  }

  private double product(DenseMatrix x, ExecutionContext context) {
    double product = 1;
    for (double part : reduce(x, context, Run::product)) {
      product *= part;
    }
    return product;
  }

  private static double trace(DenseMatrix x, ExecutionContext context) {
    if (x.rows() != x.cols()) {
      throw new OperandException(
          "'trace' needs a square matrix, but got one of shape " + x.shape());
    }
    Accumulator total = new Accumulator();
    for (long i = 0; i < x.rows(); i++) {
      total.add(x.get(i, i));
    }
    return total.value();
  }
}
