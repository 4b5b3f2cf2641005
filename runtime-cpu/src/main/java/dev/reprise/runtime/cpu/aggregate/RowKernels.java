package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/** Aggregates of each row into a column vector; a row without cells gives 0. */
final class RowKernels {
  private static final long CHUNK_CELLS = 1 << 15;

  private RowKernels() {}

  static void register(KernelTable.Builder table, Parallel parallel) {
    table.add("rowSums", kernel(parallel, Run::sum));
    table.add("rowMeans", kernel(parallel, (run, x, at, n) -> run.sum(x, at, n) / n));
    table.add("rowVars", kernel(parallel, Run::variance));
    table.add("rowSds", kernel(parallel, (run, x, at, n) -> Math.sqrt(run.variance(x, at, n))));
    table.add("rowMins", kernel(parallel, Run::min));
    table.add("rowMaxs", kernel(parallel, Run::max));
    table.add("rowProds", kernel(parallel, Run::product));
    table.add("rowIndexMax", kernel(parallel, Run::indexMax));
    table.add("rowIndexMin", kernel(parallel, Run::indexMin));
  }

  private interface RowReduction {
    double of(Run run, MemorySegment cells, long at, long n);
  }

  private static Kernel kernel(Parallel parallel, RowReduction reduction) {
    return (operation, inputs, context) -> {
      DenseMatrix x = Arguments.matrix(operation, inputs, 0);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
      if (x.cols() == 0) {
        out.segment().asSlice(0, out.bytes()).fill((byte) 0);
      } else {
        long chunk = Math.max(1, CHUNK_CELLS / x.cols());
        parallel.forRange(
            context, x.rows(), chunk, (from, to) -> rows(reduction, x, out.segment(), from, to));
      }
      return new Operand[] {out};
    };
  }

  private static void rows(
      RowReduction reduction, DenseMatrix x, MemorySegment out, long from, long to) {
    long cols = x.cols();
    MemorySegment cells = x.segment();
    Run run = new Run(cols);
    for (long row = from; row < to; row++) {
      out.set(Run.CELL, 8 * row, reduction.of(run, cells, 8 * row * cols, cols));
    }
  }
}
