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
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.RunningFold;
import dev.reprise.runtime.cpu.code.RunningFold.Kind;
import dev.reprise.runtime.operation.Operation;
import java.util.function.IntFunction;

/** Running aggregates down each column; rows are streamed in order on one thread. */
final class CumulativeKernels {
  /** Before so many have been folded, Java takes less time than making the code. */
  private static final long FEWEST_CELLS = 1 << 13;

  /** Java takes less time than a call. */
  private static final long FEWEST_CELLS_OFTEN = 16;

  /** Columns that are folded at a time, so that a call has several rows. */
  private static final long STRIP = 1 << 10;

  /**
   * Columns that code folds together. Wider matrices that come from memory take Java three quarters
   * of the time, since code jumps from row to row there, but for sums, which have more to compute.
   */
  private static final long FEW_COLS = 32;

  private static final long MOST_BYTES = 1 << 23;

  private final Precision precision;

  /** Cells so far; several threads may lose some, which delays code only. */
  private long folded;

  private CumulativeKernels(Precision precision) {
    this.precision = precision;
  }

  /** Of matrices of that precision; running aggregates are doubles in either. */
  static void register(KernelTable.Builder table, Precision precision) {
    CumulativeKernels kernels = new CumulativeKernels(precision);
    table.add("cumsum", kernels::sum);
    table.add("cumprod", kernels.kernel(Kind.PRODUCT, ColumnFold.Product::new));
    table.add("cummin", kernels.kernel(Kind.LEAST, ColumnFold.Min::new));
    table.add("cummax", kernels.kernel(Kind.LARGEST, ColumnFold.Max::new));
    table.add("cumsumprod", kernels::sumProduct);
  }

  /**
   * By machine code, if that pays.
   *
   * @return whether it did
   */
  private boolean runCode(Kind kind, DenseMatrix x, DenseMatrix out) {
    folded += x.cells();
    boolean pays = x.cells() >= FEWEST_CELLS_OFTEN && folded >= FEWEST_CELLS && gains(kind, x);
    if (!pays || !CellFunction.areThere()) {
      return false;
    }
    int bytes = precision.bytesPerCell();
    for (long col = 0; col < x.cols(); col += STRIP) {
      int width = (int) Math.min(STRIP, x.cols() - col);
      new RunningFold(precision, kind, width)
          .run(
              x.segment().address() + col * bytes,
              out.segment().address() + col * bytes,
              x.cols() * bytes,
              x.rows());
    }
    return true;
  }

  private boolean gains(Kind kind, DenseMatrix x) {
    return kind == Kind.SUM
        || x.cols() <= FEW_COLS
        || x.cells() * precision.bytesPerCell() <= MOST_BYTES;
  }

  private Kernel kernel(Kind kind, IntFunction<ColumnFold.Plain> start) {
    return (operation, inputs, context) -> {
      DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), precision);
      if (runCode(kind, x, out)) {
        return new Operand[] {out};
      }
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
    if (runCode(Kind.SUM, x, out)) {
      return new Operand[] {out};
    }
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
