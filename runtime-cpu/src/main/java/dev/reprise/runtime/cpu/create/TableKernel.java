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
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code table(dim1, dim2, weights, outdim1, outdim2)}: the sum of the weights (1 when left out) of
 * each pair of whole numbers. Fractions are cut off. A pair with NaN counts nowhere, one beyond the
 * given size neither; a number below 1 is an error.
 *
 * <p>Without given sizes the result is as large as the largest numbers of the counted pairs; when
 * dim1 counts the rows 1, 2, 3, ... it has all of these.
 */
final class TableKernel implements Kernel {

  /** Pairs that are brought together: so few that what counts them is soon compiled. */
  private static final int BLOCK = 512;

  /** A table of up to so many cells is counted in an array. */
  private static final long FEW_CELLS = 1 << 19;

  private static final long CHUNK_BYTES = 1 << 18;

  private final Parallel parallel;

  TableKernel(Parallel parallel) {
    this.parallel = parallel;
  }

  /** One of the three operands: a matrix's cells or one number for all. */
  private record Series(DenseMatrix cells, double constant) {
    /** Brings some of it; a block that only this series fills. */
    void read(long at, double[] into, int count) {
      if (cells != null) {
        MemorySegment.copy(cells.segment(), JAVA_DOUBLE, Double.BYTES * at, into, 0, count);
      } else if (at == 0) {
        Arrays.fill(into, constant);
      }
    }
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix dim1 = Arguments.matrix(operation, inputs, 0);
    Series first = new Series(dim1, 0);
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
    Pairs pairs = new Pairs(first, second, weights, n, rows, cols);
    if (SparseMatrix.isWorthwhile(rows, cols, n) && n < Integer.MAX_VALUE) {
      SparseTable counted = new SparseTable(rows, cols, (int) n);
      pairs.forEachBlock(counted::add);
      return new Operand[] {counted.matrix(context.allocator())};
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(rows, cols);
      if (out.cells() <= FEW_CELLS) {
        double[] cells = new double[(int) out.cells()];
        long width = cols;
        pairs.forEachBlock((row, col, weight, count) -> add(row, col, weight, count, width, cells));
        MemorySegment.copy(cells, 0, out.segment(), JAVA_DOUBLE, 0, cells.length);
      } else {
        clear(out, context);
        pairs.forEachBlock((row, col, weight, count) -> add(row, col, weight, count, out));
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  private void clear(DenseMatrix out, ExecutionContext context) {
    parallel.forRange(
        context,
        out.bytes(),
        CHUNK_BYTES,
        (from, to) -> out.segment().asSlice(from, to - from).fill((byte) 0));
  }

  private static void add(
      long[] rows, long[] cols, double[] weights, int count, long width, double[] cells) {
    for (int i = 0; i < count; i++) {
      cells[(int) (rows[i] * width + cols[i])] += weights[i];
    }
  }

  private static void add(long[] rows, long[] cols, double[] weights, int count, DenseMatrix out) {
    MemorySegment cells = out.segment();
    for (int i = 0; i < count; i++) {
      long at = rows[i] * out.cols() + cols[i];
      cells.setAtIndex(JAVA_DOUBLE, at, cells.getAtIndex(JAVA_DOUBLE, at) + weights[i]);
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
    return new Series(matrix, 0);
  }

  /** A given size, or -1 when it was left out or is negative. */
  private static long size(Operation operation, Operand[] inputs, int at) {
    return Arguments.isAbsent(inputs[at])
        ? -1
        : Math.max(-1, Arguments.whole(operation, inputs, at));
  }

  private static long[] largest(Series first, Series second, long n) {
    double[] largest = {0, 0};
    boolean counting = true;
    double[] rows = new double[BLOCK];
    double[] cols = new double[BLOCK];
    for (long i = 0; i < n; i += BLOCK) {
      int count = (int) Math.min(BLOCK, n - i);
      first.read(i, rows, count);
      second.read(i, cols, count);
      counting &= isCounting(rows, count, i + 1);
      takeLargest(rows, cols, count, largest);
    }
    return new long[] {counting ? n : (long) largest[0], (long) largest[1]};
  }

  private static boolean isCounting(double[] rows, int count, long first) {
    for (int i = 0; i < count; i++) {
      if (rows[i] != first + i) {
        return false;
      }
    }
    return true;
  }

  private static void takeLargest(double[] rows, double[] cols, int count, double[] largest) {
    double row = largest[0];
    double col = largest[1];
    for (int i = 0; i < count; i++) {
      double a = rows[i];
      double b = cols[i];
      if (a == a && b == b) {
        row = a > row ? a : row;
        col = b > col ? b : col;
      }
    }
    largest[0] = row;
    largest[1] = col;
  }

  /** Takes pairs that count: their zero-based rows and columns and their weights. */
  private interface PairBody {
    void pairs(long[] rows, long[] cols, double[] weights, int count);
  }

  /**
   * The pairs of a table.
   *
   * @param n how many
   * @param height of the table
   * @param width of the table
   */
  private record Pairs(
      Series first, Series second, Series weights, long n, long height, long width) {

    /** Calls a body for the pairs that count, in their order. */
    void forEachBlock(PairBody body) {
      double[] a = new double[BLOCK];
      double[] b = new double[BLOCK];
      double[] w = new double[BLOCK];
      double[] kept = new double[BLOCK];
      long[] rows = new long[BLOCK];
      long[] cols = new long[BLOCK];
      for (long i = 0; i < n; i += BLOCK) {
        int count = (int) Math.min(BLOCK, n - i);
        first.read(i, a, count);
        second.read(i, b, count);
        weights.read(i, w, count);
        body.pairs(rows, cols, kept, choose(a, b, w, count, i, rows, cols, kept));
      }
    }

    private int choose(
        double[] a,
        double[] b,
        double[] w,
        int count,
        long at,
        long[] rows,
        long[] cols,
        double[] kept) {
      int chosen = 0;
      for (int i = 0; i < count; i++) {
        long row = (long) a[i];
        long col = (long) b[i];
        // NaN becomes 0.
        if (row >= 1 && col >= 1) {
          rows[chosen] = row - 1;
          cols[chosen] = col - 1;
          kept[chosen] = w[i];
          chosen += row <= height && col <= width ? 1 : 0;
        } else if (!Double.isNaN(a[i]) && !Double.isNaN(b[i])) {
          throw new OperandException(
              "'table' needs numbers of at least 1, but pair "
                  + (at + i + 1)
                  + " is "
                  + a[i]
                  + ", "
                  + b[i]);
        }
      }
      return chosen;
    }
  }
}
