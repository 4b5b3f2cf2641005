package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.Quotients;
import dev.reprise.runtime.cpu.code.RowExtremes;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Aggregates of each row into a column vector; a row without cells gives 0. Short rows are read
 * several at a time.
 */
final class RowKernels {
  static final long CHUNK_CELLS = 1 << 15;

  private RowKernels() {}

  static void register(KernelTable.Builder table, Parallel parallel) {
    overMatrices(parallel).forEach((opcode, aggregate) -> table.add(opcode, kernel(aggregate)));
  }

  /** All, by opcode, over the cells of matrices in memory. */
  static Map<String, SourceAggregate> overMatrices(Parallel parallel) {
    Map<String, SourceAggregate> table = overSources(parallel);
    table.put(
        "rowVars",
        Spread.ofRows(
            parallel, rows(parallel, Run::blockVariance, Run::variance), Quotients.PLAIN));
    table.put(
        "rowSds",
        Spread.ofRows(
            parallel,
            rows(
                parallel,
                (run, from, n) -> Math.sqrt(run.blockVariance(from, n)),
                (run, at, n) -> Math.sqrt(run.variance(at, n))),
            Quotients.ROOTS));
    return table;
  }

  /** Those that read every cell once, by opcode, over cells that need not be in memory. */
  static Map<String, SourceAggregate> overSources(Parallel parallel) {
    Map<String, SourceAggregate> table = new LinkedHashMap<>();
    table.put("rowSums", sums(parallel, rows(parallel, Run::blockSum, Run::sum), (_, _, _) -> {}));
    table.put(
        "rowMeans",
        sums(
            parallel,
            rows(
                parallel,
                (run, from, n) -> run.blockSum(from, n) / n,
                (run, at, n) -> run.sum(at, n) / n),
            Quotients.PLAIN::run));
    table.put(
        "rowMins", extremes(parallel, RowExtremes.LEAST, rows(parallel, Run::blockMin, Run::min)));
    table.put(
        "rowMaxs",
        extremes(parallel, RowExtremes.LARGEST, rows(parallel, Run::blockMax, Run::max)));
    table.put("rowProds", rows(parallel, Run::blockProduct, Run::product));
    table.put("rowIndexMax", extremes(parallel, RowExtremes.PLACE_OF_LARGEST, index(parallel, 1)));
    table.put("rowIndexMin", extremes(parallel, RowExtremes.PLACE_OF_LEAST, index(parallel, -1)));
    return table;
  }

  private static SourceAggregate index(Parallel parallel, int sign) {
    return rows(
        parallel,
        (run, from, n) -> run.blockIndexMax(from, n, sign),
        (run, at, n) -> run.indexMax(at, n, sign));
  }

  /** Reduces a row inside the run's block. */
  private interface ShortRow {
    double of(Run run, int from, int n);
  }

  private interface LongRow {
    double of(Run run, long at, long n);
  }

  private static Kernel kernel(SourceAggregate aggregate) {
    return (operation, inputs, context) ->
        new Operand[] {
          aggregate.of(CellSource.of(Arguments.matrix(operation, inputs, 0)), context)
        };
  }

  /** Turns sums into results, where they lie. */
  @FunctionalInterface
  private interface SumStep {
    void run(MemorySegment sums, double cols, long count);
  }

  /**
   * Sums of rows of up to a block of cells in machine code, where there is some. No loop of the
   * JVM's goes over rows: while such a one was interpreted, it took ten times as long as all sums.
   *
   * @param otherwise what has the same bits
   * @param last what becomes of the sums
   */
  private static SourceAggregate sums(Parallel parallel, SourceAggregate otherwise, SumStep last) {
    return (x, context) -> {
      DenseMatrix matrix = Run.inPlace(x);
      if (matrix == null || x.cols() == 0 || x.cols() > Run.BLOCK) {
        return otherwise.of(x, context);
      }
      int cols = (int) x.cols();
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      parallel.forRange(
          context,
          x.rows(),
          Math.max(1, CHUNK_CELLS / cols),
          (from, to) -> {
            MemorySegment sums = out.segment().asSlice(from * Double.BYTES);
            Run.sumInPlace(matrix, from * cols, sums, to - from, cols);
            last.run(sums, cols, to - from);
          });
      return out;
    };
  }

  /**
   * Extremes of rows of doubles in machine code, where there is some.
   *
   * @param otherwise what has the same bits, and knows an answer for all cells
   */
  private static SourceAggregate extremes(
      Parallel parallel, RowExtremes code, SourceAggregate otherwise) {
    return (x, context) -> {
      DenseMatrix matrix = Run.inPlace(x);
      if (matrix == null
          || matrix.precision() != Precision.FP64
          || x.cols() == 0
          || x.cols() > RowExtremes.MOST_CELLS) {
        return otherwise.of(x, context);
      }
      int cols = (int) x.cols();
      long first = matrix.segment().address();
      AtomicBoolean isRefused = new AtomicBoolean();
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      parallel.forRange(
          context,
          x.rows(),
          RowExtremes.MOST_CELLS / cols,
          (from, to) -> {
            long target = out.segment().address() + from * Double.BYTES;
            if (!code.run(first + from * cols * Double.BYTES, to - from, cols, target)) {
              isRefused.setPlain(true);
            }
          });
      if (!isRefused.getPlain()) {
        return out;
      }
      out.buffer().release();
      return otherwise.of(x, context);
    };
  }

  private static SourceAggregate rows(Parallel parallel, ShortRow shortRow, LongRow longRow) {
    return (x, context) -> {
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      if (x.cols() == 0) {
        out.segment().asSlice(0, out.bytes()).fill((byte) 0);
        return out;
      }
      long chunk = Math.max(1, CHUNK_CELLS / x.cols());
      MemorySegment target = out.segment();
      parallel.forRange(
          context,
          x.rows(),
          chunk,
          x.cols() < Run.BLOCK
              ? (from, to) -> shortRows(shortRow, x, target, from, to)
              : (from, to) -> longRows(longRow, x, target, from, to));
      return out;
    };
  }

  private static void shortRows(ShortRow row, CellSource x, MemorySegment out, long from, long to) {
    int cols = (int) x.cols();
    int together = (int) Math.min(to - from, (Run.BLOCK - 1) / cols);
    Run run = new Run(x, (long) together * cols);
    double[] results = new double[together];
    for (long i = from; i < to; i += together) {
      int count = (int) Math.min(together, to - i);
      run.load(i * cols, count * cols);
      reduce(row, run, cols, results, count);
      MemorySegment.copy(results, 0, out, Run.CELL, Double.BYTES * i, count);
    }
  }

  /** A method of its own, and no access to memory: compiling both took longer than all rows. */
  private static void reduce(ShortRow row, Run run, int cols, double[] results, int count) {
    for (int k = 0; k < count; k++) {
      results[k] = row.of(run, k * cols, cols);
    }
  }

  private static void longRows(LongRow row, CellSource x, MemorySegment out, long from, long to) {
    long cols = x.cols();
    Run run = new Run(x, cols);
    for (long i = from; i < to; i++) {
      out.set(Run.CELL, 8 * i, row.of(run, i * cols, cols));
    }
  }
}
