package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;

/** Running aggregates down each column; rows are streamed in order on one thread. */
final class CumulativeKernels {
  private CumulativeKernels() {}

  static void register(KernelTable.Builder table) {
    table.add("cumsum", CumulativeKernels::sum);
    table.add("cumprod", kernel(ColumnFold.Product::new));
    table.add("cummin", kernel(ColumnFold.Min::new));
    table.add("cummax", kernel(ColumnFold.Max::new));
    table.add("cumsumprod", CumulativeKernels::sumProduct);
  }

  private static Kernel kernel(IntFunction<ColumnFold.Plain> start) {
    return (operation, inputs, context) -> {
      DenseMatrix x = Arguments.matrix(operation, inputs, 0);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols());
      int cols = Math.toIntExact(x.cols());
      double[] row = new double[cols];
      ColumnFold.Plain fold = start.apply(cols);
      for (long i = 0; i < x.rows(); i++) {
        long at = 8 * i * cols;
        MemorySegment.copy(x.segment(), Run.CELL, at, row, 0, cols);
        fold.row(row);
        MemorySegment.copy(fold.state, 0, out.segment(), Run.CELL, at, cols);
      }
      return new Operand[] {out};
    };
  }

  /** Running sums with the rounding error carried along. */
  private static Operand[] sum(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols());
    int cols = Math.toIntExact(x.cols());
    double[] row = new double[cols];
    double[] sums = new double[cols];
    double[] lost = new double[cols];
    for (long i = 0; i < x.rows(); i++) {
      long at = 8 * i * cols;
      MemorySegment.copy(x.segment(), Run.CELL, at, row, 0, cols);
      for (int j = 0; j < cols; j++) {
        double value = row[j];
        double sum = sums[j];
        double next = sum + value;
        double part = next - sum;
        lost[j] += (sum - (next - part)) + (value - part);
        sums[j] = next;
        double corrected = next + lost[j];
        row[j] = corrected - corrected == 0 ? corrected : next;
      }
      MemorySegment.copy(row, 0, out.segment(), Run.CELL, at, cols);
    }
    return new Operand[] {out};
  }

  /** Y[i] = X[i,1] + X[i,2] * Y[i-1], with Y[0] = 0. */
  private static Operand[] sumProduct(
      Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    if (x.cols() != 2) {
      throw new OperandException(
          "'cumsumprod' needs a matrix of two columns, but got shape " + x.shape());
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1);
    double last = 0;
    for (long i = 0; i < x.rows(); i++) {
      last = x.get(i, 0) + x.get(i, 1) * last;
      out.set(i, 0, last);
    }
    return new Operand[] {out};
  }
}
