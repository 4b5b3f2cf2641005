package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/**
 * Aggregates of each row into a column vector; a row without cells gives 0. Short rows are read
 * several at a time.
 */
final class RowKernels {
  private static final long CHUNK_CELLS = 1 << 15;

  private RowKernels() {}

  static void register(KernelTable.Builder table, Parallel parallel) {
    table.add("rowSums", kernel(parallel, Run::blockSum, Run::sum));
    table.add(
        "rowMeans",
        kernel(
            parallel,
            (run, from, n) -> run.blockSum(from, n) / n,
            (run, x, at, n) -> run.sum(x, at, n) / n));
    table.add("rowVars", kernel(parallel, Run::blockVariance, Run::variance));
    table.add(
        "rowSds",
        kernel(
            parallel,
            (run, from, n) -> Math.sqrt(run.blockVariance(from, n)),
            (run, x, at, n) -> Math.sqrt(run.variance(x, at, n))));
    table.add("rowMins", kernel(parallel, Run::blockMin, Run::min));
    table.add("rowMaxs", kernel(parallel, Run::blockMax, Run::max));
    table.add("rowProds", kernel(parallel, Run::blockProduct, Run::product));
    table.add("rowIndexMax", index(parallel, 1));
    table.add("rowIndexMin", index(parallel, -1));
  }

  private static Kernel index(Parallel parallel, int sign) {
    return kernel(
        parallel,
        (run, from, n) -> run.blockIndexMax(from, n, sign),
        (run, x, at, n) -> run.indexMax(x, at, n, sign));
  }

  /** Reduces a row inside the run's block. */
  private interface ShortRow {
    double of(Run run, int from, int n);
  }

  private interface LongRow {
    double of(Run run, MemorySegment cells, long at, long n);
  }

  private static Kernel kernel(Parallel parallel, ShortRow shortRow, LongRow longRow) {
    return (operation, inputs, context) -> {
      DenseMatrix x = Arguments.matrix(operation, inputs, 0);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      if (x.cols() == 0) {
        out.segment().asSlice(0, out.bytes()).fill((byte) 0);
        return new Operand[] {out};
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
      return new Operand[] {out};
    };
  }

  private static void shortRows(
      ShortRow row, DenseMatrix x, MemorySegment out, long from, long to) {
    int cols = (int) x.cols();
    int together = (int) Math.min(to - from, (Run.BLOCK - 1) / cols);
    Run run = new Run((long) together * cols);
    MemorySegment cells = x.segment();
    for (long i = from; i < to; i += together) {
      int count = (int) Math.min(together, to - i);
      run.load(cells, 8 * i * cols, count * cols);
      for (int k = 0; k < count; k++) {
        out.set(Run.CELL, 8 * (i + k), row.of(run, k * cols, cols));
      }
    }
  }

  private static void longRows(LongRow row, DenseMatrix x, MemorySegment out, long from, long to) {
    long cols = x.cols();
    MemorySegment cells = x.segment();
    Run run = new Run(cols);
    for (long i = from; i < to; i++) {
      out.set(Run.CELL, 8 * i, row.of(run, cells, 8 * i * cols, cols));
    }
  }
}
