package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

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
    table.add("min", full((x, _) -> extreme(StoredValues.of(x), 0, x.nonZeros(), x.cells(), -1)));
    table.add("max", full((x, _) -> extreme(StoredValues.of(x), 0, x.nonZeros(), x.cells(), 1)));
    table.add("rowSums", aggregates.rows(SparseAggregates::rowSum));
    table.add(
        "rowMeans",
        aggregates.rows((x, values, from, to) -> rowSum(x, values, from, to) / x.cols()));
    table.add("rowMins", aggregates.rows(rowExtreme(-1)));
    table.add("rowMaxs", aggregates.rows(rowExtreme(1)));
    table.add("colSums", columns((x, out) -> columnSums(x, 1, out)));
    table.add("colMeans", columns((x, out) -> columnSums(x, x.rows(), out)));
    table.add("colMins", columns((x, out) -> columnExtremes(x, -1, out)));
    table.add("colMaxs", columns((x, out) -> columnExtremes(x, 1, out)));
  }

  private interface Full {
    double of(SparseMatrix x, ExecutionContext context);
  }

  /** Of the values from one position to another, all that a row has. */
  private interface Row {
    double of(SparseMatrix x, StoredValues values, long from, long to);
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
            StoredValues values = StoredValues.of(x);
            long[] starts = StoredValues.starts(x, from, to);
            double[] results = new double[starts.length - 1];
            for (int i = 0; i < results.length; i++) {
              results[i] = aggregate.of(x, values, starts[i], starts[i + 1]);
            }
            MemorySegment.copy(
                results, 0, out.segment(), Run.CELL, Double.BYTES * from, results.length);
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

  /** Adds the values of a chunk. */
  private interface Terms {
    void addTo(Accumulator part, StoredValues values, long from, long to);
  }

  private double sum(SparseMatrix x, ExecutionContext context) {
    return sum(x, context, (part, values, from, to) -> values.addTo(part, from, to));
  }

  private double sum(SparseMatrix x, ExecutionContext context, Terms terms) {
    long n = x.nonZeros();
    Accumulator[] parts = new Accumulator[Math.toIntExact(Parallel.chunks(n, CHUNK))];
    parallel.forRange(
        context,
        n,
        CHUNK,
        (from, to) -> {
          Accumulator part = new Accumulator();
          terms.addTo(part, StoredValues.of(x), from, to);
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
    double stored =
        sum(x, context, (part, values, from, to) -> values.addSquaresTo(part, mean, from, to));
    double squares = stored + (x.cells() - x.nonZeros()) * (mean * mean);
    return x.cells() == 1 ? squares : squares / (x.cells() - 1);
  }

  private static double rowSum(SparseMatrix x, StoredValues values, long from, long to) {
    Accumulator sum = new Accumulator();
    values.addTo(sum, from, to);
    return sum.value();
  }

  private static Row rowExtreme(int sign) {
    return (x, values, from, to) -> extreme(values, from, to, x.cols(), sign);
  }

  /**
   * The largest {@code sign * cell} of so many cells, of which the positions from-to are stored.
   */
  private static double extreme(StoredValues values, long from, long to, long cells, int sign) {
    double least = to - from < cells ? 0 : Double.NEGATIVE_INFINITY;
    return plainZero(sign * values.most(least, sign, from, to));
  }

  /** Zero without a sign, since a cell that is not stored has none. */
  private static double plainZero(double value) {
    return value == 0 ? 0 : value;
  }

  private static void columnSums(SparseMatrix x, long divisor, DenseMatrix out) {
    Accumulator[] sums = new Accumulator[Math.toIntExact(x.cols())];
    StoredValues stored = StoredValues.withColumns(x);
    for (long at = 0; at < x.nonZeros(); ) {
      int count = stored.bring(at, x.nonZeros());
      addColumns(stored, count, sums);
      at += count;
    }
    for (int j = 0; j < sums.length; j++) {
      out.set(0, j, sums[j] == null ? 0 : sums[j].value() / divisor);
    }
  }

  private static void addColumns(StoredValues stored, int count, Accumulator[] sums) {
    double[] values = stored.values();
    int[] columns = stored.columns();
    for (int i = 0; i < count; i++) {
      Accumulator sum = sums[columns[i]];
      if (sum == null) {
        sum = new Accumulator();
        sums[columns[i]] = sum;
      }
      sum.add(values[i]);
    }
  }

  private static void columnExtremes(SparseMatrix x, int sign, DenseMatrix out) {
    int cols = Math.toIntExact(x.cols());
    long[] counts = new long[cols];
    double[] best = new double[cols];
    java.util.Arrays.fill(best, Double.NEGATIVE_INFINITY);
    StoredValues stored = StoredValues.withColumns(x);
    for (long at = 0; at < x.nonZeros(); ) {
      int count = stored.bring(at, x.nonZeros());
      for (int i = 0; i < count; i++) {
        int column = stored.columns()[i];
        counts[column]++;
        best[column] = Math.max(best[column], sign * stored.values()[i]);
      }
      at += count;
    }
    for (int j = 0; j < cols; j++) {
      double cell = counts[j] < x.rows() ? Math.max(best[j], 0) : best[j];
      out.set(0, j, plainZero(sign * cell));
    }
  }
}
