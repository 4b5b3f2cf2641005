package dev.reprise.runtime.cpu.cell;

import static dev.reprise.runtime.cpu.cell.Layout.CELL;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.sparse.FiniteCells;
import dev.reprise.runtime.cpu.sparse.RowJob;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One element-wise operation of two operands of which at least one is compressed. Works on stored
 * values alone, and passes when cells where nothing is stored would not all become zero.
 *
 * <p>Whether they would is asked of the operation itself: of zero and the scalar, of zero and each
 * cell of a vector, of two zeros. A full dense operand is only taken by a product, when all its
 * cells are finite, and as a divisor, when none of them is zero or NaN.
 */
final class SparseBinary implements Kernel {
  private static final long CHUNK_CELLS = 1 << 15;
  private static final ValueLayout.OfLong BITS = ValueLayout.JAVA_LONG;
  private static final long INFINITY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

  private final boolean isProduct;
  private final boolean isQuotient;
  private final BinaryLoop loop;
  private final StoredValues values;
  private final FiniteCells finite;
  private final Parallel parallel;

  SparseBinary(String opcode, BinaryLoop loop, Parallel parallel) {
    this.isProduct = opcode.equals("*");
    this.isQuotient = opcode.equals("/");
    this.loop = loop;
    this.values = new StoredValues(parallel);
    this.finite = new FiniteCells(parallel);
    this.parallel = parallel;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    MatrixOperand result =
        switch (inputs[0]) {
          case SparseMatrix x ->
              switch (inputs[1]) {
                case Scalar scalar -> withScalar(x, scalar, false, context);
                case SparseMatrix y -> union(x, y, context);
                case DenseMatrix y -> withDense(x, y, false, context);
                default -> null;
              };
          case Scalar scalar -> withScalar((SparseMatrix) inputs[1], scalar, true, context);
          case DenseMatrix x -> withDense((SparseMatrix) inputs[1], x, true, context);
          default -> null;
        };
    return result == null ? null : new Operand[] {result};
  }

  private double cell(double stored, double other, boolean swapped) {
    return swapped ? loop.cell(other, stored) : loop.cell(stored, other);
  }

  private MatrixOperand withScalar(
      SparseMatrix x, Scalar scalar, boolean swapped, ExecutionContext context) {
    if (scalar.type() == ValueType.STRING) {
      return null;
    }
    double other = scalar.asDouble();
    if (cell(0, other, swapped) != 0) {
      return null;
    }
    MemorySegment cells = x.segment();
    long at = x.valuesAt();
    return values.mapped(
        x,
        context,
        (from, n, out) -> {
          if (swapped) {
            loop.scalarSegment(other, cells, at + 8 * from, out, 8 * from, n);
          } else {
            loop.segmentScalar(cells, at + 8 * from, other, out, 8 * from, n);
          }
        });
  }

  private MatrixOperand withDense(
      SparseMatrix x, DenseMatrix other, boolean swapped, ExecutionContext context) {
    if (other.shape().equals(x.shape())) {
      return (isProduct || isQuotient && !swapped) && keepsAllZeros(other, context)
          ? withFull(x, other, swapped, context)
          : null;
    }
    boolean row = other.rows() == 1 && other.cols() == x.cols();
    boolean column = other.cols() == 1 && other.rows() == x.rows();
    if (!(row || column) || !keepsZeros(other, swapped)) {
      return null;
    }
    long rowsPerChunk =
        Math.max(1, CHUNK_CELLS / Math.max(1, x.nonZeros() / Math.max(1, x.rows())));
    MemorySegment cells = other.segment();
    return RowJob.run(
        parallel,
        context,
        x.rows(),
        x.cols(),
        rowsPerChunk,
        () ->
            (i, out) -> {
              long end = x.start(i + 1);
              for (long at = x.start(i); at < end; at++) {
                int j = x.column(at);
                double second = cells.getAtIndex(CELL, row ? j : i);
                out.add(j, cell(x.value(at), second, swapped));
              }
            });
  }

  /** With a dense operand of the same shape, whose cells at the stored places are fetched first. */
  private MatrixOperand withFull(
      SparseMatrix x, DenseMatrix other, boolean swapped, ExecutionContext context) {
    MemorySegment cells = x.segment();
    long first = x.valuesAt();
    return values.mapped(
        x,
        context,
        (from, n, out) -> {
          fetch(x, other, from, from + n, out);
          long at = Double.BYTES * from;
          if (swapped) {
            loop.segments(out, at, cells, first + at, out, at, n);
          } else {
            loop.segments(cells, first + at, out, at, out, at, n);
          }
        });
  }

  private static void fetch(
      SparseMatrix x, DenseMatrix other, long from, long to, MemorySegment out) {
    MemorySegment cells = other.segment();
    long row = rowOf(x, from);
    for (long at = from; at < to; row++) {
      long end = Math.min(to, x.start(row + 1));
      long base = row * x.cols();
      for (; at < end; at++) {
        out.setAtIndex(CELL, at, cells.getAtIndex(CELL, base + x.column(at)));
      }
    }
  }

  /** The row that a stored value belongs to. */
  private static long rowOf(SparseMatrix x, long at) {
    long low = 0;
    long high = x.rows() - 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (x.start(middle + 1) > at) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Whether zero times each of the cells, or divided by it, is zero. */
  private boolean keepsAllZeros(DenseMatrix matrix, ExecutionContext context) {
    return isProduct ? finite.only(matrix, context) : divideZero(matrix, context);
  }

  /** Whether zero divided by each of the cells is zero: none of them is zero or NaN. */
  private boolean divideZero(DenseMatrix matrix, ExecutionContext context) {
    MemorySegment cells = matrix.segment();
    boolean[] divide = new boolean[Math.toIntExact(Parallel.chunks(matrix.cells(), CHUNK_CELLS))];
    parallel.forRange(
        context,
        matrix.cells(),
        CHUNK_CELLS,
        (from, to) -> divide[(int) (from / CHUNK_CELLS)] = divideZero(cells, from, to));
    for (boolean each : divide) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  /**
   * The bits of the cells without their signs have the order of the numbers; branches, or a sum,
   * would make one cell wait for the other.
   */
  private static boolean divideZero(MemorySegment cells, long from, long to) {
    long outside = 0;
    for (long at = from; at < to; at++) {
      long size = cells.getAtIndex(BITS, at) & Long.MAX_VALUE;
      outside |= size - 1 | INFINITY - size;
    }
    return outside >= 0;
  }

  private boolean keepsZeros(DenseMatrix vector, boolean swapped) {
    for (long at = 0; at < vector.cells(); at++) {
      if (cell(0, vector.segment().getAtIndex(CELL, at), swapped) != 0) {
        return false;
      }
    }
    return true;
  }

  private MatrixOperand union(SparseMatrix x, SparseMatrix y, ExecutionContext context) {
    if (!x.shape().equals(y.shape()) || loop.cell(0, 0) != 0) {
      return null;
    }
    long perRow = (x.nonZeros() + y.nonZeros()) / Math.max(1, x.rows()) + 1;
    return RowJob.run(
        parallel,
        context,
        x.rows(),
        x.cols(),
        Math.max(1, CHUNK_CELLS / perRow),
        () -> (i, out) -> unionRow(x, y, i, out));
  }

  private void unionRow(SparseMatrix x, SparseMatrix y, long row, SparseRows out) {
    long a = x.start(row);
    long b = y.start(row);
    long endA = x.start(row + 1);
    long endB = y.start(row + 1);
    while (a < endA || b < endB) {
      int left = a < endA ? x.column(a) : Integer.MAX_VALUE;
      int right = b < endB ? y.column(b) : Integer.MAX_VALUE;
      if (left < right) {
        out.add(left, loop.cell(x.value(a++), 0));
      } else if (right < left) {
        out.add(right, loop.cell(0, y.value(b++)));
      } else {
        out.add(left, loop.cell(x.value(a++), y.value(b++)));
      }
    }
  }
}
