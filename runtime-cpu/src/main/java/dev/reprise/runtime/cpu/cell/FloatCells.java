package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;

/**
 * Element-wise operations from floats to floats, computed in double block by block inside the
 * first-level cache: the same bits as widening whole matrices, without their memory traffic. Of two
 * shapes it takes a matrix and a row vector, and passes for others.
 */
final class FloatCells {
  private static final int BLOCK = 1024;
  private static final long CHUNK = 1 << 15;

  private final Parallel parallel;

  private FloatCells(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    FloatCells cells = new FloatCells(parallel);
    Loops.unary().forEach((opcode, loop) -> table.add(opcode, cells.unary(loop)));
    Loops.binary().forEach((opcode, loop) -> table.add(opcode, cells.binary(loop)));
  }

  /** Computes one block: reads {@code x} (and others) and leaves the result in it. */
  @FunctionalInterface
  private interface BlockBody {
    void run(double[] x, double[] y, int n);
  }

  private Kernel unary(UnaryLoop loop) {
    return (operation, inputs, context) ->
        inputs[0] instanceof DenseMatrix x
            ? new Operand[] {map(x, null, context, (a, _, n) -> loop.array(a, a, n))}
            : null;
  }

  private Kernel binary(BinaryLoop loop) {
    return (operation, inputs, context) -> {
      DenseMatrix out = binary(loop, inputs[0], inputs[1], context);
      return out == null ? null : new Operand[] {out};
    };
  }

  private DenseMatrix binary(
      BinaryLoop loop, Operand left, Operand right, ExecutionContext context) {
    if (left instanceof DenseMatrix x && right instanceof DenseMatrix y) {
      if (x.shape().equals(y.shape())) {
        return map(x, y, context, (a, b, n) -> loop.arrays(a, b, a, n));
      }
      if (isRowFor(x, y)) {
        return mapRow(x, y, context, (a, b, n) -> loop.arrays(a, b, a, n));
      }
      return isRowFor(y, x) ? mapRow(y, x, context, (a, b, n) -> loop.arrays(b, a, a, n)) : null;
    }
    if (left instanceof DenseMatrix x && right instanceof Scalar scalar && isNumber(scalar)) {
      double other = scalar.asDouble();
      return map(x, null, context, (a, _, n) -> loop.arrayScalar(a, other, a, n));
    }
    if (left instanceof Scalar scalar && right instanceof DenseMatrix y && isNumber(scalar)) {
      double other = scalar.asDouble();
      return map(y, null, context, (a, _, n) -> loop.scalarArray(other, a, a, n));
    }
    return null;
  }

  /** True for a row vector that is repeated over a matrix of several columns. */
  private static boolean isRowFor(DenseMatrix matrix, DenseMatrix vector) {
    return vector.rows() == 1 && vector.cols() == matrix.cols() && matrix.cols() > 1;
  }

  private static boolean isNumber(Scalar scalar) {
    return scalar.type() != ValueType.STRING;
  }

  /** Brings the cells from {@code at} on of a second operand into a block. */
  @FunctionalInterface
  private interface BlockLoader {
    void load(long at, CellBlocks blocks, double[] into, int n);
  }

  private DenseMatrix map(DenseMatrix x, DenseMatrix y, ExecutionContext context, BlockBody body) {
    return map(
        x,
        y == null ? null : (at, b, into, n) -> b.load(y.segment(), at, into, 0, n),
        body,
        context);
  }

  private DenseMatrix mapRow(
      DenseMatrix x, DenseMatrix vector, ExecutionContext context, BlockBody body) {
    MemorySegment row = vector.segment();
    long cols = x.cols();
    if (cols > BLOCK) {
      return map(x, (at, b, into, n) -> loadRow(row, cols, at % cols, b, into, n), body, context);
    }
    double[] cells = new double[(int) cols];
    new CellBlocks(Precision.FP32, cells.length).load(row, 0, cells, 0, cells.length);
    return map(x, (at, _, into, n) -> repeat(cells, (int) (at % cols), into, n), body, context);
  }

  /** Brings the row again and again into the block, beginning at one of its columns. */
  private static void loadRow(
      MemorySegment row, long cols, long firstColumn, CellBlocks blocks, double[] into, int n) {
    long col = firstColumn;
    for (int i = 0; i < n; col = 0) {
      int count = (int) Math.min(n - i, cols - col);
      blocks.load(row, col, into, i, count);
      i += count;
    }
  }

  /** As {@link #loadRow}, of a short row that has been brought. */
  private static void repeat(double[] row, int firstColumn, double[] into, int n) {
    int col = firstColumn;
    for (int i = 0; i < n; col = 0) {
      int count = Math.min(n - i, row.length - col);
      System.arraycopy(row, col, into, i, count);
      i += count;
    }
  }

  private DenseMatrix map(
      DenseMatrix x, BlockLoader second, BlockBody body, ExecutionContext context) {
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols(), Precision.FP32);
    parallel.forRange(
        context,
        x.cells(),
        CHUNK,
        (from, to) -> {
          int width = (int) Math.min(BLOCK, to - from);
          CellBlocks blocks = new CellBlocks(Precision.FP32, width);
          double[] a = new double[width];
          double[] b = second == null ? null : new double[width];
          for (long at = from; at < to; at += BLOCK) {
            int n = (int) Math.min(BLOCK, to - at);
            blocks.load(x.segment(), at, a, 0, n);
            if (second != null) {
              second.load(at, blocks, b, n);
            }
            body.run(a, b, n);
            blocks.store(a, 0, out.segment(), at, n);
          }
        });
    return out;
  }
}
