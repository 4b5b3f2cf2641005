package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Aggregates of a whole matrix into a double; a scalar counts as a single cell. Chunks have a fixed
 * number of cells and their results are combined in order, so the bits do not depend on the
 * threads.
 */
final class FullKernels {
  private static final long CHUNK = 1 << 16;

  private final Parallel parallel;
  private final Extremes least = Extremes.least();
  private final Extremes most = Extremes.most();

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
    table.add("trace", FullKernels::trace);
  }

  /** Those that read every cell once, by opcode, over cells that need not be in memory. */
  static Map<String, SourceAggregate> overSources(Parallel parallel) {
    FullKernels full = new FullKernels(parallel);
    Map<String, SourceAggregate> table = new LinkedHashMap<>();
    table.put("sum", (x, context) -> Scalar.of(full.sum(x, context)));
    table.put("mean", (x, context) -> Scalar.of(full.mean(x, context)));
    table.put("min", (x, context) -> Scalar.of(full.min(x, context)));
    table.put("max", (x, context) -> Scalar.of(full.max(x, context)));
    table.put("prod", (x, context) -> Scalar.of(full.product(x, context)));
    return table;
  }

  /** All but the trace, by opcode, over the cells of matrices in memory. */
  static Map<String, SourceAggregate> overMatrices(Parallel parallel) {
    FullKernels full = new FullKernels(parallel);
    Map<String, SourceAggregate> table = overSources(parallel);
    table.put("var", (x, context) -> Scalar.of(full.variance(x, context)));
    table.put("sd", (x, context) -> Scalar.of(Math.sqrt(full.variance(x, context))));
    return table;
  }

  private interface Aggregate {
    double of(CellSource x, ExecutionContext context);
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
    return aggregate.of(CellSource.of(Arguments.matrix(operation, inputs, 0)), context);
  }

  /** A reduction of one chunk on one thread. */
  private interface ChunkReduction {
    double of(Run run, long at, long n);
  }

  private interface ChunkSum {
    void add(Accumulator total, Run run, long at, long n);
  }

  private double sum(CellSource x, ExecutionContext context) {
    if (x.cells() <= CHUNK) {
      return new Run(x, x.cells()).sum(0, x.cells());
    }
    return total(x, context, (total, run, at, n) -> run.addTo(total, at, n));
  }

  private double mean(CellSource x, ExecutionContext context) {
    return sum(x, context) / x.cells();
  }

  private double variance(CellSource x, ExecutionContext context) {
    long n = x.cells();
    if (n == 0) {
      return Double.NaN;
    }
    double mean = mean(x, context);
    double squares =
        total(x, context, (total, run, at, count) -> run.addSquaresTo(total, mean, at, count));
    return n == 1 ? squares : squares / (n - 1);
  }

  private double total(CellSource x, ExecutionContext context, ChunkSum chunk) {
    long n = x.cells();
    Accumulator[] parts = new Accumulator[Math.toIntExact(Parallel.chunks(n, CHUNK))];
    parallel.forRange(
        context,
        n,
        CHUNK,
        (from, to) -> {
          Accumulator part = new Accumulator();
          chunk.add(part, new Run(x, to - from), from, to - from);
          parts[(int) (from / CHUNK)] = part;
        });
    Accumulator total = new Accumulator();
    for (Accumulator part : parts) {
      total.add(part);
    }
    return total.value();
  }

  private double[] reduce(CellSource x, ExecutionContext context, ChunkReduction chunk) {
    long n = x.cells();
    double[] parts = new double[Math.toIntExact(Parallel.chunks(n, CHUNK))];
    parallel.forRange(
        context,
        n,
        CHUNK,
        (from, to) ->
            parts[(int) (from / CHUNK)] = chunk.of(new Run(x, to - from), from, to - from));
    return parts;
  }

  private double min(CellSource x, ExecutionContext context) {
    DenseMatrix matrix = x.cells() < Extremes.FEWEST_CELLS ? null : Run.inPlace(x);
    ChunkReduction chunk = matrix == null ? Run::min : (run, at, n) -> least.of(matrix, run, at, n);
    double min = Double.POSITIVE_INFINITY;
    for (double part : reduce(x, context, chunk)) {
      min = Math.min(min, part);
    }
    return min;
  }

  private double max(CellSource x, ExecutionContext context) {
    DenseMatrix matrix = x.cells() < Extremes.FEWEST_CELLS ? null : Run.inPlace(x);
    ChunkReduction chunk = matrix == null ? Run::max : (run, at, n) -> most.of(matrix, run, at, n);
    double max = Double.NEGATIVE_INFINITY;
    for (double part : reduce(x, context, chunk)) {
      max = Math.max(max, part);
    }
    return max;
  }

  private double product(CellSource x, ExecutionContext context) {
    double product = 1;
    for (double part : reduce(x, context, Run::product)) {
      product *= part;
    }
    return product;
  }

  private static Operand[] trace(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof Scalar scalar && scalar.type() != ValueType.STRING) {
      return new Operand[] {Scalar.of(scalar.asDouble())};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    if (x.rows() != x.cols()) {
      throw new OperandException(
          "'trace' needs a square matrix, but got one of shape " + x.shape());
    }
    Accumulator total = new Accumulator();
    for (long i = 0; i < x.rows(); i++) {
      total.add(x.get(i, i));
    }
    return new Operand[] {Scalar.of(total.value())};
  }
}
