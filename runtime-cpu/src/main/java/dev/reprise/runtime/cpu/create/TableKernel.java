package dev.reprise.runtime.cpu.create;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code table(dim1, dim2, weights, outdim1, outdim2)}: the sum of the weights (1 when left out) of
 * each pair of whole numbers. Fractions are cut off. A pair with NaN counts nowhere, one beyond the
 * given size neither; a number below 1 is an error.
 *
 * <p>Without given sizes the result is as large as the largest numbers of the counted pairs; when
 * dim1 counts the rows 1, 2, 3, ... it has all of these.
 */
final class TableKernel implements Kernel {

  /** One of the three operands: a matrix's cells or one number for all. */
  private record Series(MemorySegment cells, double constant) {
    double at(long i) {
      return cells == null ? constant : cells.getAtIndex(JAVA_DOUBLE, i);
    }
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix dim1 = Arguments.matrix(operation, inputs, 0);
    Series first = new Series(dim1.segment(), 0);
    Series second = series(operation, inputs, 1, dim1);
    Series weights =
        Arguments.isAbsent(inputs[2]) ? new Series(null, 1) : series(operation, inputs, 2, dim1);
    long n = dim1.cells();
    long rows = size(operation, inputs, 3);
    long cols = size(operation, inputs, 4);
    if (rows < 0 || cols < 0) {
      long[] largest = largest(first, second, n);
      rows = largest[0];
      cols = largest[1];
    }
    if (SparseMatrix.isWorthwhile(rows, cols, n) && n < Integer.MAX_VALUE) {
      SparseTable counted = new SparseTable(rows, cols, (int) n);
      forEachPair(
          first, second, n, rows, cols, (i, row, col) -> counted.add(row, col, weights.at(i)));
      return new Operand[] {counted.matrix(context.allocator())};
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(rows, cols);
      out.segment().asSlice(0, out.bytes()).fill((byte) 0);
      MemorySegment cells = out.segment();
      long width = cols;
      forEachPair(
          first,
          second,
          n,
          rows,
          cols,
          (i, row, col) -> {
            long at = row * width + col;
            cells.setAtIndex(JAVA_DOUBLE, at, cells.getAtIndex(JAVA_DOUBLE, at) + weights.at(i));
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  private static Series series(Operation operation, Operand[] inputs, int at, DenseMatrix dim1) {
    if (inputs[at] instanceof Scalar) {
      return new Series(null, Arguments.number(operation, inputs, at));
    }
    DenseMatrix matrix = Arguments.matrix(operation, inputs, at);
    if (!matrix.shape().equals(dim1.shape())) {
      throw new OperandException(
          "'table' needs operands of equal shape, but got "
              + dim1.shape()
              + " and "
              + matrix.shape());
    }
    return new Series(matrix.segment(), 0);
  }

  /** A given size, or -1 when it was left out or is negative. */
  private static long size(Operation operation, Operand[] inputs, int at) {
    return Arguments.isAbsent(inputs[at])
        ? -1
        : Math.max(-1, Arguments.whole(operation, inputs, at));
  }

  private static long[] largest(Series first, Series second, long n) {
    double rows = 0;
    double cols = 0;
    boolean counting = true;
    for (long i = 0; i < n; i++) {
      double row = first.at(i);
      double col = second.at(i);
      counting &= row == i + 1;
      if (!Double.isNaN(row) && !Double.isNaN(col)) {
        rows = Math.max(rows, row);
        cols = Math.max(cols, col);
      }
    }
    return new long[] {counting ? n : (long) rows, (long) cols};
  }

  /** A pair that counts, by its position and zero-based row and column. */
  private interface PairBody {
    void pair(long i, long row, long col);
  }

  private static void forEachPair(
      Series first, Series second, long n, long rows, long cols, PairBody body) {
    for (long i = 0; i < n; i++) {
      double a = first.at(i);
      double b = second.at(i);
      if (Double.isNaN(a) || Double.isNaN(b)) {
        continue;
      }
      long row = (long) a;
      long col = (long) b;
      if (row < 1 || col < 1) {
        throw new OperandException(
            "'table' needs numbers of at least 1, but pair " + (i + 1) + " is " + a + ", " + b);
      }
      if (row <= rows && col <= cols) {
        body.pair(i, row - 1, col - 1);
      }
    }
  }
}
