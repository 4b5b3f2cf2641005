package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code svd}: [U m x r, S r x r, V n x r] with X = U S t(V), r = min(m, n), values descending.
 *
 * <p>Of the two possible signs small matrices get those that {@link GolubKahan} gives; of large
 * ones the largest cell of each column of V is positive.
 */
final class SvdKernel implements Kernel {
  /** LAPACK counts its work space, about 4 r^2, in 32 bits. */
  private static final int LARGEST = 20_000;

  /** Up to this order and number of cells plain Java takes a millisecond or so. */
  private static final int SMALL = 48;

  private static final long SMALL_CELLS = 1 << 15;

  private final LazyBlas blas;

  SvdKernel(LazyBlas blas) {
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    int m = SquareMatrix.order(operation, x.rows(), Integer.MAX_VALUE);
    int n = SquareMatrix.order(operation, x.cols(), Integer.MAX_VALUE);
    int r = SquareMatrix.order(operation, Math.min(m, n), LARGEST);
    SquareMatrix.requireFinite(operation, x);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix u = scratch.matrix(m, r);
      DenseMatrix s = scratch.matrix(r, r);
      DenseMatrix v = scratch.matrix(n, r);
      s.segment().asSlice(0, s.bytes()).fill((byte) 0);
      boolean small = r <= SMALL && x.cells() <= SMALL_CELLS;
      if (r > 0 && (small || !blas.lapack().isComplete())) {
        decomposeInJava(x, u, s, v);
      } else if (r > 0) {
        decompose(x, u, s, v, scratch);
      }
      return new Operand[] {scratch.keep(u), scratch.keep(s), scratch.keep(v)};
    }
  }

  /** Works on the columns of X, or of t(X) when X is wide. */
  private static void decomposeInJava(DenseMatrix x, DenseMatrix u, DenseMatrix s, DenseMatrix v) {
    boolean tall = x.rows() >= x.cols();
    int m = (int) Math.max(x.rows(), x.cols());
    int n = (int) Math.min(x.rows(), x.cols());
    double[][] columns = new double[n][m];
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        columns[j][i] = tall ? x.get(i, j) : x.get(j, i);
      }
    }
    Bidiagonal parts = new Bidiagonal(columns, m);
    GolubKahan.run(parts, m);
    store(tall ? parts.u : parts.v, u);
    store(tall ? parts.v : parts.u, v);
    for (int j = 0; j < n; j++) {
      s.set(j, j, parts.diagonal[j]);
    }
  }

  private static void store(double[][] columns, DenseMatrix target) {
    for (int j = 0; j < columns.length; j++) {
      for (int i = 0; i < target.rows(); i++) {
        target.set(i, j, columns[j][i]);
      }
    }
  }

  private void decompose(
      DenseMatrix x, DenseMatrix u, DenseMatrix s, DenseMatrix v, Scratch scratch) {
    int m = (int) x.rows();
    int n = (int) x.cols();
    int r = (int) s.rows();
    MemorySegment copy = scratch.doubles(x.cells());
    MemorySegment values = scratch.doubles(r);
    MemorySegment vColumns = scratch.doubles(v.cells());
    MemorySegment.copy(x.segment(), 0, copy, 0, x.bytes());
    // LAPACK sees t(X) = V S t(U): its left vectors are V, and its right ones, transposed and by
    // columns, are U by rows.
    if (blas.lapack().dgesdd(n, m, copy, values, vColumns, u.segment()) != 0) {
      throw new OperandException("'svd' did not converge");
    }
    Layout.transpose(vColumns, r, n, v.segment());
    for (int j = 0; j < r; j++) {
      s.set(j, j, values.getAtIndex(JAVA_DOUBLE, j));
      if (largest(v, j) < 0) {
        negate(u, j);
        negate(v, j);
      }
    }
  }

  private static double largest(DenseMatrix matrix, int col) {
    double largest = 0;
    for (long i = 0; i < matrix.rows(); i++) {
      double cell = matrix.get(i, col);
      largest = Math.abs(cell) > Math.abs(largest) ? cell : largest;
    }
    return largest;
  }

  private static void negate(DenseMatrix matrix, int col) {
    for (long i = 0; i < matrix.rows(); i++) {
      matrix.set(i, col, -matrix.get(i, col));
    }
  }
}
