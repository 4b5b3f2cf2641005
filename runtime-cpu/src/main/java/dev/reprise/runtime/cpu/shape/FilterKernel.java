package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.CellSource;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.frame.FrameFilter;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;

/**
 * {@code removeEmpty}: keeps the rows or columns that a selection marks, or without one those that
 * have a cell other than zero. NaN counts as a value. When nothing is left, {@code empty.return}
 * asks for one row or column of zeros.
 */
final class FilterKernel implements Kernel {
  /** Cells that are looked at together. */
  private static final int TOGETHER = 1024;

  private final Parallel parallel;
  private final Precision precision;

  FilterKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    boolean rows = isRows(Arguments.text(operation, inputs, 1));
    DenseMatrix select = Arguments.matrixOrNull(operation, inputs, 2, precision);
    if (inputs[0] instanceof Frame frame) {
      return new Operand[] {frame(frame, select, rows)};
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    boolean emptyReturn = Arguments.flag(operation, inputs, 3);
    boolean[] keep = new boolean[Math.toIntExact(rows ? x.rows() : x.cols())];
    if (select != null) {
      select(select, keep, x.shape(), rows);
    } else {
      markFilled(x, keep, rows);
    }
    int[] kept = positions(keep);
    if (kept.length == 0 && emptyReturn) {
      return new Operand[] {zeros(rows ? 1 : x.rows(), rows ? x.cols() : 1, context)};
    }
    return new Operand[] {
      rows ? Gather.rows(x, kept, parallel, context) : Gather.columns(x, kept, parallel, context)
    };
  }

  private static int[] positions(boolean[] keep) {
    int[] positions = new int[keep.length];
    int count = 0;
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        positions[count++] = i;
      }
    }
    return Arrays.copyOf(positions, count);
  }

  /** Without a selection, rows or columns of missing cells and empty texts go. */
  private static Frame frame(Frame frame, DenseMatrix select, boolean rows) {
    boolean[] keep = new boolean[Math.toIntExact(rows ? frame.rows() : frame.cols())];
    if (select == null) {
      FrameFilter.markFilled(frame, keep, rows);
    } else {
      select(select, keep, frame.shape(), rows);
    }
    int[] kept = positions(keep);
    return rows ? FrameFilter.rows(frame, kept) : FrameFilter.columns(frame, kept);
  }

  private static boolean isRows(String margin) {
    return switch (margin) {
      case "rows" -> true;
      case "cols" -> false;
      default ->
          throw new OperandException(
              "'removeEmpty' has the margins rows and cols, not '" + margin + "'");
    };
  }

  private static void select(DenseMatrix select, boolean[] keep, Shape shape, boolean rows) {
    if (!Selection.fits(select.shape(), keep.length)) {
      throw new OperandException(
          "'removeEmpty' needs a selection of "
              + keep.length
              + (rows ? " rows" : " columns")
              + " for a value of shape "
              + shape
              + ", but got one of shape "
              + select.shape());
    }
    Selection.mark(select, keep);
  }

  private static void markFilled(DenseMatrix x, boolean[] keep, boolean rows) {
    int cols = Math.toIntExact(x.cols());
    int most = (int) Math.min(x.rows(), Math.max(1, TOGETHER / Math.max(1, cols)));
    double[] cells = new double[most * cols];
    CellReader reader = CellSource.of(x).reader(cells.length);
    for (long from = 0; from < x.rows(); from += most) {
      int count = (int) Math.min(most, x.rows() - from);
      reader.read(from * cols, cells, count * cols);
      for (int i = 0, at = 0; i < count; i++) {
        for (int j = 0; j < cols; j++, at++) {
          if (cells[at] != 0) {
            keep[rows ? (int) from + i : j] = true;
          }
        }
      }
    }
  }

  private DenseMatrix zeros(long rows, long cols, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), rows, cols, precision);
    out.segment().asSlice(0, out.bytes()).fill((byte) 0);
    return out;
  }
}
