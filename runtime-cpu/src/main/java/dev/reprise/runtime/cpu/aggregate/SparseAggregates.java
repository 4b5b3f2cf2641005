package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;

/**
 * Aggregates of compressed matrices: the stored values, and one zero wherever some cell is not
 * stored. Sums are compensated and added in the order of the rows, so the bits do not depend on the
 * threads.
 */
final class SparseAggregates {
  private static final long CHUNK = 1 << 14;

  private final Parallel parallel;

  private SparseAggregates(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    SparseAggregates aggregates = new SparseAggregates(parallel);
    table.add("sum", full((x, context) -> aggregates.sum(x, context)));
    table.add("mean", full((x, context) -> aggregates.sum(x, context) / x.cells()));
    table.add("var", full(aggregates::variance));
    table.add("sd", full((x, context) -> Math.sqrt(aggregates.variance(x, context))));
    table.add("min", full((x, _) -> extreme(x, 0, x.nonZeros(), x.cells(), -1)));
    table.add("max", full((x, _) -> extreme(x, 0, x.nonZeros(), x.cells(), 1)));
    table.add("rowSums", aggregates.rows(SparseAggregates::rowSum));
    table.add("rowMeans", aggregates.rows((x, i) -> rowSum(x, i) / x.cols()));
    table.add("rowMins", aggregates.rows((x, i) -> rowExtreme(x, i, -1)));
    table.add("rowMaxs", aggregates.rows((x, i) -> rowExtreme(x, i, 1)));
    table.add("colSums", columns((x, out) -> columnSums(x, 1, out)));
    table.add("colMeans", columns((x, out) -> columnSums(x, x.rows(), out)));
    table.add("colMins", columns((x, out) -> columnExtremes(x, -1, out)));
    table.add("colMaxs", columns((x, out) -> columnExtremes(x, 1, out)));
  }

  private interface Full {
    double of(SparseMatrix x, ExecutionContext context);
  }

  private interface Row {
    double of(SparseMatrix x, long row);
  }

  private interface Columns {
    void into(SparseMatrix x, DenseMatrix out);
  }

  private static Kernel full(Full aggregate) {
    return (operation, inputs, context) ->
        inputs.length == 1 && inputs[0] instanceof SparseMatrix x
            ? new Operand[] {Scalar.of(aggregate.of(x, context))}
            : null;
  }

  private Kernel rows(Row aggregate) {
    return (operation, inputs, context) -> {
      SparseMatrix x = (SparseMatrix) inputs[0];
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      long perRow = x.nonZeros() / Math.max(1, x.rows()) + 1;
      parallel.forRange(
          context,
          x.rows(),
          Math.max(1, CHUNK / perRow),
          (from, to) -> {
            for (long i = from; i < to; i++) {
              out.set(i, 0, aggregate.of(x, i));
            }
          });
      return new Operand[] {out};
    };
  }

  private static Kernel columns(Columns aggregate) {
    return (operation, inputs, context) -> {
      SparseMatrix x = (SparseMatrix) inputs[0];
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), 1, x.cols());
      aggregate.into(x, out);
      return new Operand[] {out};
    };
  }

  private interface Term {
    double of(double value);
  }

  private double sum(SparseMatrix x, ExecutionContext context) {
    return sum(x, context, value -> value);
  }

  private double sum(SparseMatrix x, ExecutionContext context, Term term) {
    long n = x.nonZeros();
    Accumulator[] parts = new Accumulator[Math.toIntExact(Parallel.chunks(n, CHUNK))];
    parallel.forRange(
        context,
        n,
        CHUNK,
        (from, to) -> {
          Accumulator part = new Accumulator();
          for (long at = from; at < to; at++) {
            part.add(term.of(x.value(at)));
          }
          parts[(int) (from / CHUNK)] = part;
        });
    Accumulator total = new Accumulator();
    for (Accumulator part : parts) {
      total.add(part);
    }
    return total.value();
  }

  private double variance(SparseMatrix x, ExecutionContext context) {
    double mean = sum(x, context) / x.cells();
    double stored = sum(x, context, value -> (value - mean) * (value - mean));
    double squares = stored + (x.cells() - x.nonZeros()) * (mean * mean);
    return x.cells() == 1 ? squares : squares / (x.cells() - 1);
  }

  private static double rowSum(SparseMatrix x, long row) {
    Accumulator sum = new Accumulator();
    long end = x.start(row + 1);
    for (long at = x.start(row); at < end; at++) {
      sum.add(x.value(at));
    }
    return sum.value();
  }

  private static double rowExtreme(SparseMatrix x, long row, int sign) {
    return extreme(x, x.start(row), x.start(row + 1), x.cols(), sign);
  }

  /**
   * The largest {@code sign * cell} of so many cells, of which the positions from-to are stored.
   */
  private static double extreme(SparseMatrix x, long from, long to, long cells, int sign) {
    double best = to - from < cells ? 0 : Double.NEGATIVE_INFINITY;
    for (long at = from; at < to; at++) {
      best = Math.max(best, sign * x.value(at));
    }
    return plainZero(sign * best);
  }

  /** Zero without a sign, since a cell that is not stored has none. */
  private static double plainZero(double value) {
    return value == 0 ? 0 : value;
  }

  private static void columnSums(SparseMatrix x, long divisor, DenseMatrix out) {
    Accumulator[] sums = new Accumulator[Math.toIntExact(x.cols())];
    for (long at = 0; at < x.nonZeros(); at++) {
      int column = x.column(at);
      if (sums[column] == null) {
        sums[column] = new Accumulator();
      }
      sums[column].add(x.value(at));
    }
    for (int j = 0; j < sums.length; j++) {
      out.set(0, j, sums[j] == null ? 0 : sums[j].value() / divisor);
    }
  }

  private static void columnExtremes(SparseMatrix x, int sign, DenseMatrix out) {
    int cols = Math.toIntExact(x.cols());
    long[] stored = new long[cols];
    double[] best = new double[cols];
    java.util.Arrays.fill(best, Double.NEGATIVE_INFINITY);
    for (long at = 0; at < x.nonZeros(); at++) {
      int column = x.column(at);
      stored[column]++;
      best[column] = Math.max(best[column], sign * x.value(at));
    }
    for (int j = 0; j < cols; j++) {
      double cell = stored[j] < x.rows() ? Math.max(best[j], 0) : best[j];
      out.set(0, j, plainZero(sign * cell));
    }
  }
}
