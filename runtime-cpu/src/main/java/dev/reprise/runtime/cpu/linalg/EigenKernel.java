package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Lapack;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * {@code eigen}: [values n x 1, vectors n x n], values ascending, vectors of length one in columns.
 *
 * <p>Symmetric matrices get the vectors' signs that {@link ImplicitQl} gives. Others need real
 * eigenvalues.
 */
final class EigenKernel implements Kernel {
  /** Up to this order plain Java takes below a millisecond. */
  private static final int SMALL = 48;

  /** LAPACK counts its work space in 32 bits. */
  private static final int LARGEST = 32_000;

  private final LazyBlas blas;

  EigenKernel(LazyBlas blas) {
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = SquareMatrix.of(operation, inputs);
    int n = SquareMatrix.order(operation, a.rows(), LARGEST);
    SquareMatrix.requireFinite(operation, a);
    boolean symmetric = SquareMatrix.isSymmetric(a, 10.0 * n * n * 0x1p-53);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix values = scratch.matrix(n, 1);
      DenseMatrix vectors = scratch.matrix(n, n);
      if (!symmetric) {
        decomposeGeneral(a, values, vectors, scratch);
      } else if (n <= SMALL || !blas.lapack().isComplete()) {
        decomposeInJava(a, values, vectors);
      } else {
        new SymmetricEigen(blas.lapack(), n).decompose(a, values, vectors, scratch);
      }
      return new Operand[] {scratch.keep(values), scratch.keep(vectors)};
    }
  }

  private static void decomposeInJava(DenseMatrix a, DenseMatrix values, DenseMatrix vectors) {
    int n = (int) a.rows();
    double[][] cells = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        cells[i][j] = a.get(i, j);
      }
    }
    Tridiagonal t = new Tridiagonal(cells);
    ImplicitQl.run(t.diagonal, t.beside, t.q);
    int[] order = ascending(t.diagonal);
    for (int j = 0; j < n; j++) {
      values.set(j, 0, t.diagonal[order[j]]);
      for (int i = 0; i < n; i++) {
        vectors.set(i, j, t.q[i][order[j]]);
      }
    }
  }

  private void decomposeGeneral(
      DenseMatrix a, DenseMatrix values, DenseMatrix vectors, Scratch scratch) {
    int n = (int) a.rows();
    Lapack lapack = blas.lapack();
    if (!lapack.isComplete()) {
      throw new ResourceException(
          "'eigen' of a matrix that is not symmetric needs OpenBLAS, which is not available");
    }
    MemorySegment columnMajor = scratch.doubles(a.cells());
    MemorySegment found = scratch.doubles(a.cells());
    MemorySegment real = scratch.doubles(n);
    MemorySegment imaginary = scratch.doubles(n);
    Layout.transpose(a.segment(), n, n, columnMajor);
    if (lapack.dgeev(n, columnMajor, real, imaginary, found) != 0) {
      throw new OperandException("'eigen' did not converge");
    }
    double[] unordered = new double[n];
    for (int i = 0; i < n; i++) {
      if (imaginary.getAtIndex(JAVA_DOUBLE, i) != 0) {
        throw new OperandException(
            "'eigen' handles real eigenvalues only, but this matrix, which is not symmetric, has"
                + " complex ones");
      }
      unordered[i] = real.getAtIndex(JAVA_DOUBLE, i);
    }
    int[] order = ascending(unordered);
    for (int j = 0; j < n; j++) {
      values.set(j, 0, unordered[order[j]]);
      for (int i = 0; i < n; i++) {
        vectors.set(i, j, found.getAtIndex(JAVA_DOUBLE, (long) order[j] * n + i));
      }
    }
  }

  /** Positions in ascending order of the numbers; equal ones keep their order. */
  static int[] ascending(double[] numbers) {
    return IntStream.range(0, numbers.length)
        .boxed()
        .sorted((i, j) -> Double.compare(numbers[i], numbers[j]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
