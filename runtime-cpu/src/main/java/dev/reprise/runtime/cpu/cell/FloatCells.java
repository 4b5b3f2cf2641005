package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Shapes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Element-wise operations from floats to floats, block by block inside the first-level cache: the
 * same bits as widening whole matrices, without their memory traffic. One operand may be a vector
 * or a single cell that is repeated over the other, and a column with a row makes all pairs; it
 * passes for shapes that do not fit.
 */
final class FloatCells {
  private static final ValueLayout.OfFloat CELL = ValueLayout.JAVA_FLOAT;
  private static final int BLOCK = 1024;
  private static final long LEAST_CHUNK = 1 << 15;

  private final Parallel parallel;

  private FloatCells(Parallel parallel) {
    this.parallel = parallel;
  }

  static void register(KernelTable.Builder table, Parallel parallel) {
    FloatCells cells = new FloatCells(parallel);
    FloatLoops.unary()
        .forEach((opcode, loop) -> table.add(opcode, cells.unary(loop, source(opcode))));
    FloatLoops.binary()
        .forEach(
            (opcode, loop) -> table.add(opcode, cells.binary(new Operator(loop, source(opcode)))));
  }

  private static MachineCells.Source source(String opcode) {
    return new MachineCells.Source(Precision.FP32, opcode);
  }

  /** The loops of two operands, and machine code for some of them. */
  private record Operator(FloatBinary loop, MachineCells.Source code) {}

  /** Computes one block: reads {@code x} (and others) and leaves the result in it. */
  @FunctionalInterface
  private interface BlockBody {
    void run(float[] x, float[] y, int n, WideBlocks wide);
  }

  private Kernel unary(FloatUnary loop, MachineCells.Source code) {
    return (operation, inputs, context) -> {
      if (!(inputs[0] instanceof DenseMatrix x)) {
        return null;
      }
      CellRange machine = CellRange.of(code, x);
      return new Operand[] {
        map(
            x,
            null,
            (a, _, n, wide) -> loop.array(a, a, n, wide),
            machine == CellRange.NONE
                ? (out, from, to) -> runWhole(loop, x, out, from, to)
                : machine,
            context)
      };
    };
  }

  private static boolean runWhole(
      FloatUnary loop, DenseMatrix x, DenseMatrix out, long from, long to) {
    long at = CELL.byteSize() * from;
    return loop.segment(x.segment(), at, out.segment(), at, to - from);
  }

  private Kernel binary(Operator operator) {
    return (operation, inputs, context) -> {
      DenseMatrix out = binary(operation.name(), operator, inputs[0], inputs[1], context);
      return out == null ? null : new Operand[] {out};
    };
  }

  private DenseMatrix binary(
      String opcode, Operator operator, Operand left, Operand right, ExecutionContext context) {
    FloatBinary loop = operator.loop;
    if (left instanceof DenseMatrix x && right instanceof DenseMatrix y) {
      if (x.shape().equals(y.shape())) {
        return ofOneShape(operator, x, y, context);
      }
      if (isSingle(y)) {
        return withNumber(operator, x, y.get(0, 0), context);
      }
      if (isSingle(x)) {
        return withNumber(operator, x.get(0, 0), y, context);
      }
      if (isVectorFor(x, y)) {
        CellRange code = CellRange.ofRepeated(operator.code, x, y, false);
        return mapVector(x, y, (a, b, n, wide) -> loop.arrays(a, b, a, n, wide), code, context);
      }
      if (isVectorFor(y, x)) {
        CellRange code = CellRange.ofRepeated(operator.code, y, x, true);
        return mapVector(y, x, (a, b, n, wide) -> loop.arrays(b, a, a, n, wide), code, context);
      }
      return Shapes.cellwiseOrNull(opcode, x.shape(), y.shape()) == null
          ? null
          : pairs(operator, x, y, context);
    }
    if (left instanceof DenseMatrix x && right instanceof Scalar scalar && isNumber(scalar)) {
      return withNumber(operator, x, scalar.asDouble(), context);
    }
    if (left instanceof Scalar scalar && right instanceof DenseMatrix y && isNumber(scalar)) {
      return withNumber(operator, scalar.asDouble(), y, context);
    }
    return null;
  }

  private DenseMatrix ofOneShape(
      Operator operator, DenseMatrix x, DenseMatrix y, ExecutionContext context) {
    MemorySegment second = y.segment();
    return map(
        x,
        (at, into, n) -> MemorySegment.copy(second, CELL, CELL.byteSize() * at, into, 0, n),
        (a, b, n, wide) -> operator.loop.arrays(a, b, a, n, wide),
        CellRange.of(operator.code, x, y),
        context);
  }

  private DenseMatrix pairs(
      Operator operator, DenseMatrix column, DenseMatrix row, ExecutionContext context) {
    long cols = row.cols();
    return map(
        new Shape(column.rows(), cols),
        (at, into, n) -> loadColumn(column.segment(), cols, at, into, n),
        (at, into, n) -> loadRow(row.segment(), cols, at % cols, into, n),
        (a, b, n, wide) -> operator.loop.arrays(a, b, a, n, wide),
        CellRange.ofPairs(operator.code, column, row),
        context);
  }

  private DenseMatrix withNumber(
      Operator operator, DenseMatrix x, double number, ExecutionContext context) {
    return map(
        x,
        null,
        (a, _, n, wide) -> operator.loop.arrayScalar(a, number, a, n, wide),
        CellRange.of(operator.code, x, number),
        context);
  }

  private DenseMatrix withNumber(
      Operator operator, double number, DenseMatrix y, ExecutionContext context) {
    return map(
        y,
        null,
        (a, _, n, wide) -> operator.loop.scalarArray(number, a, a, n, wide),
        CellRange.of(operator.code, number, y),
        context);
  }

  private static boolean isSingle(DenseMatrix matrix) {
    return matrix.rows() == 1 && matrix.cols() == 1;
  }

  /** True for a row or column that is repeated over a matrix. */
  private static boolean isVectorFor(DenseMatrix matrix, DenseMatrix vector) {
    return vector.rows() == 1 && vector.cols() == matrix.cols()
        || vector.cols() == 1 && vector.rows() == matrix.rows();
  }

  private static boolean isNumber(Scalar scalar) {
    return scalar.type() != ValueType.STRING;
  }

  /** Brings the cells from {@code at} on of a second operand into a block. */
  @FunctionalInterface
  private interface BlockLoader {
    void load(long at, float[] into, int n);
  }

  private DenseMatrix mapVector(
      DenseMatrix x, DenseMatrix vector, BlockBody body, CellRange code, ExecutionContext context) {
    MemorySegment row = vector.segment();
    long cols = x.cols();
    if (vector.rows() != 1) {
      return map(
          x, (at, into, n) -> loadColumn(vector.segment(), cols, at, into, n), body, code, context);
    }
    if (cols > BLOCK) {
      return map(x, (at, into, n) -> loadRow(row, cols, at % cols, into, n), body, code, context);
    }
    float[] cells = new float[(int) cols];
    MemorySegment.copy(row, CELL, 0, cells, 0, cells.length);
    return map(x, (at, into, n) -> repeat(cells, (int) (at % cols), into, n), body, code, context);
  }

  /** Brings the row again and again into the block, beginning at one of its columns. */
  private static void loadRow(MemorySegment row, long cols, long firstColumn, float[] into, int n) {
    long col = firstColumn;
    for (int i = 0; i < n; col = 0) {
      int count = (int) Math.min(n - i, cols - col);
      MemorySegment.copy(row, CELL, CELL.byteSize() * col, into, i, count);
      i += count;
    }
  }

  /** Brings each cell of the column as often as the matrix has columns, from a cell of it on. */
  private static void loadColumn(MemorySegment column, long cols, long at, float[] into, int n) {
    long row = at / cols;
    long end = (row + 1) * cols - at;
    for (int i = 0; i < n; end += cols, row++) {
      int to = (int) Math.min(n, end);
      Arrays.fill(into, i, to, column.getAtIndex(CELL, row));
      i = to;
    }
  }

  /** As {@link #loadRow}, of a short row that has been brought. */
  private static void repeat(float[] row, int firstColumn, float[] into, int n) {
    int col = firstColumn;
    for (int i = 0; i < n; col = 0) {
      int count = Math.min(n - i, row.length - col);
      System.arraycopy(row, col, into, i, count);
      i += count;
    }
  }

  private DenseMatrix map(
      DenseMatrix x,
      BlockLoader second,
      BlockBody body,
      CellRange whole,
      ExecutionContext context) {
    MemorySegment source = x.segment();
    BlockLoader first =
        (at, into, n) -> MemorySegment.copy(source, CELL, CELL.byteSize() * at, into, 0, n);
    return map(x.shape(), first, second, body, whole, context);
  }

  private DenseMatrix map(
      Shape shape,
      BlockLoader first,
      BlockLoader second,
      BlockBody body,
      CellRange whole,
      ExecutionContext context) {
    DenseMatrix out =
        DenseMatrix.allocate(context.allocator(), shape.rows(), shape.cols(), Precision.FP32);
    MemorySegment target = out.segment();
    parallel.forRange(
        context,
        out.cells(),
        Parallel.chunk(out.cells(), LEAST_CHUNK),
        (from, to) -> {
          if (whole.run(out, from, to)) {
            return;
          }
          int width = (int) Math.min(BLOCK, to - from);
          WideBlocks wide = new WideBlocks(() -> new double[width]);
          float[] a = new float[width];
          float[] b = second == null ? null : new float[width];
          for (long at = from; at < to; at += BLOCK) {
            int n = (int) Math.min(BLOCK, to - at);
            first.load(at, a, n);
            if (second != null) {
              second.load(at, b, n);
            }
            body.run(a, b, n, wide);
            MemorySegment.copy(a, 0, target, CELL, CELL.byteSize() * at, n);
          }
        });
    return out;
  }
}
