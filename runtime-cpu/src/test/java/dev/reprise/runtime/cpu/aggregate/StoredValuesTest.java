package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregates of compressed matrices beside loops over single values, to the last bit. */
class StoredValuesTest {
  /** Values that are added by one accumulator. */
  private static final int CHUNK = 1 << 14;

  private final CountingAllocator allocator = new CountingAllocator();

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aggregatesAreThoseOfValueAfterValue(int threads) {
    for (int[] shape : new int[][] {{1, 9000}, {3, 70_000}, {700, 400}, {20_000, 60}}) {
      for (double share : new double[] {0, 0.001, 0.05}) {
        check(threads, random(shape[0], shape[1], share, false));
        check(threads, random(shape[0], shape[1], share, true));
      }
    }
  }

  private void check(int threads, SparseMatrix x) {
    double mean = sum(x, 0, x.nonZeros(), CHUNK, value -> value) / x.cells();
    double squares =
        sum(x, 0, x.nonZeros(), CHUNK, value -> (value - mean) * (value - mean))
            + (x.cells() - x.nonZeros()) * (mean * mean);
    is(call(threads, "sum", x), sum(x, 0, x.nonZeros(), CHUNK, value -> value));
    is(call(threads, "mean", x), mean);
    is(call(threads, "var", x), squares / (x.cells() - 1));
    is(call(threads, "max", x), extreme(x, 0, x.nonZeros(), x.cells(), 1));
    is(call(threads, "min", x), extreme(x, 0, x.nonZeros(), x.cells(), -1));
    rows(
        call(threads, "rowSums", x),
        i -> sum(x, x.start(i), x.start(i + 1), Long.MAX_VALUE, value -> value));
    rows(
        call(threads, "rowMeans", x),
        i -> sum(x, x.start(i), x.start(i + 1), Long.MAX_VALUE, value -> value) / x.cols());
    rows(call(threads, "rowMaxs", x), i -> extreme(x, x.start(i), x.start(i + 1), x.cols(), 1));
    rows(call(threads, "rowMins", x), i -> extreme(x, x.start(i), x.start(i + 1), x.cols(), -1));
    DenseMatrix sums = (DenseMatrix) call(threads, "colSums", x);
    DenseMatrix most = (DenseMatrix) call(threads, "colMaxs", x);
    for (int j = 0; j < Math.min(x.cols(), 7); j++) {
      Accumulator sum = new Accumulator();
      double best = Double.NEGATIVE_INFINITY;
      long count = 0;
      for (long at = 0; at < x.nonZeros(); at++) {
        if (x.column(at) == j) {
          sum.add(x.value(at));
          best = Math.max(best, x.value(at));
          count++;
        }
      }
      is(Scalar.of(sums.get(0, j)), sum.value());
      is(Scalar.of(most.get(0, j)), plain(count < x.rows() ? Math.max(best, 0) : best));
    }
    sums.buffer().release();
    most.buffer().release();
    x.buffer().release();
    assertThat(allocator.liveBuffers()).isZero();
  }

  private static double sum(
      SparseMatrix x, long from, long to, long chunk, DoubleUnaryOperator term) {
    Accumulator total = new Accumulator();
    for (long begin = from; begin < to; begin += Math.min(chunk, to - begin)) {
      Accumulator part = new Accumulator();
      for (long at = begin; at < begin + Math.min(chunk, to - begin); at++) {
        part.add(term.applyAsDouble(x.value(at)));
      }
      if (chunk > to - from) {
        return part.value();
      }
      total.add(part);
    }
    return total.value();
  }

  private static double extreme(SparseMatrix x, long from, long to, long cells, int sign) {
    double best = to - from < cells ? 0 : Double.NEGATIVE_INFINITY;
    for (long at = from; at < to; at++) {
      best = Math.max(best, sign * x.value(at));
    }
    return plain(sign * best);
  }

  private static double plain(double value) {
    return value == 0 ? 0 : value;
  }

  private void rows(Operand found, LongToDoubleFunction wanted) {
    DenseMatrix matrix = (DenseMatrix) found;
    for (long i = 0; i < matrix.rows(); i++) {
      is(Scalar.of(matrix.get(i, 0)), wanted.applyAsDouble(i));
    }
    matrix.buffer().release();
  }

  private static void is(Operand found, double wanted) {
    assertThat(Double.doubleToLongBits(((Scalar) found).asDouble()))
        .isEqualTo(Double.doubleToLongBits(wanted));
  }

  private Operand call(int threads, String opcode, SparseMatrix x) {
    KernelTable.Builder table = new KernelTable.Builder();
    try (Parallel parallel = new Parallel(threads)) {
      AggregateKernels.registerCompressed(table, parallel);
      return table
          .build()
          .find(opcode)
          .run(
              new Operation(OperationTable.standard().get(opcode)),
              new Operand[] {x},
              new ExecutionContext(allocator, threads))[0];
    }
  }

  private SparseMatrix random(int rows, int cols, double share, boolean hasOddOnes) {
    Random random = new Random(rows);
    boolean[] stored = new boolean[rows * cols];
    int count = 0;
    for (int i = 0; i < stored.length; i++) {
      stored[i] = random.nextDouble() < share;
      count += stored[i] ? 1 : 0;
    }
    SparseMatrix x = SparseMatrix.allocate(allocator, rows, cols, count);
    long at = 0;
    for (int i = 0; i < rows; i++) {
      x.setStart(i, at);
      for (int j = 0; j < cols; j++) {
        if (stored[i * cols + j]) {
          boolean isOdd = hasOddOnes && random.nextInt(500) == 0;
          double odd = random.nextBoolean() ? Double.NaN : Double.POSITIVE_INFINITY;
          x.set(at++, j, isOdd ? odd : random.nextGaussian() * Math.exp(9 * random.nextGaussian()));
        }
      }
    }
    x.setStart(rows, at);
    return x;
  }
}
