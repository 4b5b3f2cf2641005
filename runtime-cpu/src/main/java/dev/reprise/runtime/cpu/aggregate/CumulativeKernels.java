package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.operation.Operation;
import java.util.function.IntFunction;

/** Running aggregates down each column; rows are streamed in order on one thread. */
final class CumulativeKernels {
  private final Precision precision;

  private CumulativeKernels(Precision precision) {
    this.precision = precision;
  }

  /** Of matrices of that precision; running aggregates are doubles in either. */
  static void register(KernelTable.Builder table, Precision precision) {
    CumulativeKernels kernels = new CumulativeKernels(precision);
    table.add("cumsum", kernels::sum);
    table.add("cumprod", kernels.kernel(ColumnFold.Product::new));
    table.add("cummin", kernels.kernel(ColumnFold.Min::new));
    table.add("cummax", kernels.kernel(ColumnFold.Max::new));
    table.add("cumsumprod", kernels::sumProduct);
  }

  private Kernel kernel(IntFunction<ColumnFold.Plain> start) {
    return (operation, inputs, context) -> {
      DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
      int cols = Math.toIntExact(x.cols());
      double[] row = new double[cols];
      CellBlocks blocks = new CellBlocks(precision, cols);
      ColumnFold.Plain fold = start.apply(cols);
      for (long i = 0; i < x.rows(); i++) {
        blocks.load(x.segment(), i * cols, row, 0, cols);
        fold.row(row);
        blocks.store(fold.state, 0, out.segment(), i * cols, cols);
      }
      return new Operand[] {out};
    };
  }

  /** Running sums with the rounding error carried along. */
  private Operand[] sum(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
    int cols = Math.toIntExact(x.cols());
    double[] row = new double[cols];
    double[] sums = new double[cols];
    double[] lost = new double[cols];
    CellBlocks blocks = new CellBlocks(precision, cols);
    for (long i = 0; i < x.rows(); i++) {
      blocks.load(x.segment(), i * cols, row, 0, cols);
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
      blocks.store(row, 0, out.segment(), i * cols, cols);
    }
    return new Operand[] {out};
  }

  /** Y[i] = X[i,1] + X[i,2] * Y[i-1], with Y[0] = 0. */
  private Operand[] sumProduct(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    if (x.cols() != 2) {
      throw new OperandException(
          "'cumsumprod' needs a matrix of two columns, but got shape " + x.shape());
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), 1, precision);
    double last = 0;
    for (long i = 0; i < x.rows(); i++) {
      last = x.get(i, 0) + x.get(i, 1) * last;
      out.set(i, 0, last);
    }
    return new Operand[] {out};
  }
}
