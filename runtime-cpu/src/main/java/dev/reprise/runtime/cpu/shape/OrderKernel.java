package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.frame.FrameFilter;
import dev.reprise.runtime.cpu.frame.FrameOrder;
import dev.reprise.runtime.operation.Operation;

/** Sorts rows by one or more columns; returns the rows or their one-based former positions. */
final class OrderKernel implements Kernel {
  private static final long CHUNK = 1 << 14;

  private static final int BLOCK = BucketSort.PIECE;

  private final Parallel parallel;
  private final Precision precision;
  private final SortArrays.Idle idle = new SortArrays.Idle();

  OrderKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    boolean decreasing = Arguments.flag(operation, inputs, 2);
    boolean indexReturn = Arguments.flag(operation, inputs, 3);
    if (inputs[0] instanceof Frame frame) {
      int[] order =
          FrameOrder.of(frame, columns(operation, inputs, frame.shape(), "frame"), decreasing);
      return new Operand[] {
        indexReturn ? positions(order, context) : FrameFilter.rows(frame, order)
      };
    }
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    if (x.rows() > Integer.MAX_VALUE - 8) {
      throw new OperandException("'order' sorts up to 2^31 - 9 rows, not " + x.shape());
    }
    int[] columns = columns(operation, inputs, x.shape(), "matrix");
    if (columns.length != 1) {
      int[] order = order(x, columns, decreasing, context);
      return new Operand[] {
        indexReturn ? positions(order, context) : Gather.rows(x, order, parallel, context)
      };
    }
    DenseMatrix fast = byCode(x, columns[0], decreasing, indexReturn, context);
    return new Operand[] {
      fast == null ? byArrays(x, columns[0], decreasing, indexReturn, context) : fast
    };
  }

  /** By machine code where that pays, else null. */
  private DenseMatrix byCode(
      DenseMatrix x,
      int column,
      boolean decreasing,
      boolean indexReturn,
      ExecutionContext context) {
    if (x.cols() == 1 && !indexReturn) {
      return ColumnSort.cells(x, decreasing, parallel, context);
    }
    DenseMatrix positions = ColumnSort.positions(x, column, decreasing, parallel, context);
    if (positions == null || indexReturn) {
      return positions;
    }
    try {
      return Gather.rowsAt(x, positions, parallel, context);
    } finally {
      positions.buffer().release();
    }
  }

  private DenseMatrix byArrays(
      DenseMatrix x,
      int column,
      boolean decreasing,
      boolean indexReturn,
      ExecutionContext context) {
    SortArrays arrays = idle.take((int) x.rows());
    ColumnCells.read(x, column, arrays.key(), parallel, context);
    SortedOrder.ascending((int) x.rows()).by(arrays, decreasing, parallel, context);
    DenseMatrix result =
        indexReturn ? positions(arrays.rows(), context) : sorted(x, arrays, context);
    idle.give(arrays);
    return result;
  }

  private DenseMatrix sorted(DenseMatrix x, SortArrays arrays, ExecutionContext context) {
    return x.cols() == 1 && precision == Precision.FP64
        ? Gather.cells(arrays.key(), arrays.rows(), parallel, context)
        : Gather.rows(x, arrays.rows(), parallel, context);
  }

  /** By several columns, the last one first. */
  private int[] order(DenseMatrix x, int[] columns, boolean decreasing, ExecutionContext context) {
    SortedOrder order = SortedOrder.ascending((int) x.rows());
    for (int i = columns.length - 1; i >= 0; i--) {
      double[] key = ColumnCells.of(x, columns[i], parallel, context);
      order = order.by(key, decreasing, parallel, context);
    }
    return order.indices();
  }

  private DenseMatrix positions(int[] indices, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), indices.length, 1, precision);
    parallel.forRange(
        context,
        indices.length,
        CHUNK,
        (from, to) -> {
          double[] block = new double[(int) Math.min(BLOCK, to - from)];
          CellBlocks cells = new CellBlocks(precision, block.length);
          for (long i = from; i < to; i += block.length) {
            int count = (int) Math.min(block.length, to - i);
            count(indices, (int) i, count, block);
            cells.store(block, 0, out.segment(), i, count);
          }
        });
    return out;
  }

  /** Zero-based columns to sort by: a scalar or a vector of them. */
  private int[] columns(Operation operation, Operand[] inputs, Shape shape, String what) {
    if (inputs[1] instanceof Scalar by) {
      return new int[] {column(by.asLong(), shape, what)};
    }
    DenseMatrix by = Arguments.matrix(operation, inputs, 1, precision);
    int[] columns = new int[Math.toIntExact(by.cells())];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = column((long) by.get(0, i), shape, what);
    }
    return columns;
  }

  private static int column(long by, Shape shape, String what) {
    if (by < 1 || by > shape.cols()) {
      throw new OperandException(
          "'order' cannot sort a " + what + " of shape " + shape + " by column " + by);
    }
    return (int) (by - 1);
  }

  /** Positions counted from 1. */
  private static void count(int[] indices, int from, int count, double[] block) {
    for (int i = 0; i < count; i++) {
      block[i] = indices[from + i] + 1;
    }
  }
}
