package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Lapack;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * What rests on LU with row exchanges: {@code solve, inv, det, lu}. A pivot of exactly zero makes
 * {@code solve}, {@code inv} and {@code lu} fail; a matrix that is nearly singular gives numbers as
 * large as they come.
 *
 * <p>LAPACK sees the transpose of a row-major matrix. Its factors serve for solving just as well,
 * its inverse is the transpose of the wanted one, and its determinant is the same.
 */
final class LuKernels {
  private final LazyBlas blas;

  LuKernels(LazyBlas blas) {
    this.blas = blas;
  }

  /** A X = B for a square A and any number of columns in B. */
  Operand[] solve(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = SquareMatrix.of(operation, inputs);
    DenseMatrix b = Arguments.matrix(operation, inputs, 1);
    if (b.rows() != a.rows()) {
      throw new OperandException(
          "'solve' needs as many rows in the right-hand side as in the matrix, but got "
              + a.shape()
              + " and "
              + b.shape());
    }
    int n = (int) a.rows();
    int columns = SquareMatrix.order(operation, b.cols(), Integer.MAX_VALUE);
    Lapack lapack = blas.lapack();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix x = scratch.matrix(n, columns);
      MemorySegment pivots = scratch.bytes((long) n * Integer.BYTES);
      MemorySegment lu = factorise(operation, lapack, a, pivots, scratch);
      if (columns <= 1) {
        MemorySegment.copy(b.segment(), 0, x.segment(), 0, x.bytes());
        lapack.dgetrsTransposed(n, columns, lu, pivots, x.segment());
      } else {
        MemorySegment columnMajor = scratch.doubles(x.cells());
        Layout.transpose(b.segment(), n, columns, columnMajor);
        lapack.dgetrsTransposed(n, columns, lu, pivots, columnMajor);
        Layout.transpose(columnMajor, columns, n, x.segment());
      }
      return new Operand[] {scratch.keep(x)};
    }
  }

  Operand[] inv(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = SquareMatrix.of(operation, inputs);
    int n = (int) a.rows();
    Lapack lapack = blas.lapack();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix inverse = scratch.matrix(n, n);
      MemorySegment pivots = scratch.bytes((long) n * Integer.BYTES);
      MemorySegment.copy(a.segment(), 0, inverse.segment(), 0, a.bytes());
      int info = n == 0 ? 0 : lapack.dgetrf(n, n, inverse.segment(), pivots);
      requireRegular(operation, n, info);
      if (n > 0) {
        requireRegular(operation, n, lapack.dgetri(n, inverse.segment(), pivots));
      }
      return new Operand[] {scratch.keep(inverse)};
    }
  }

  Operand[] det(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = SquareMatrix.of(operation, inputs);
    int n = (int) a.rows();
    try (Scratch scratch = new Scratch(context.allocator())) {
      MemorySegment pivots = scratch.bytes((long) n * Integer.BYTES);
      MemorySegment lu = scratch.doubles(a.cells());
      MemorySegment.copy(a.segment(), 0, lu, 0, a.bytes());
      if (n > 0) {
        blas.lapack().dgetrf(n, n, lu, pivots);
      }
      double det = 1;
      for (int i = 0; i < n; i++) {
        double pivot = lu.getAtIndex(JAVA_DOUBLE, (long) i * n + i);
        det *= pivots.getAtIndex(JAVA_INT, i) == i + 1 ? pivot : -pivot;
      }
      return new Operand[] {Scalar.of(det + 0.0)};
    }
  }

  /** [P, L, U] with P A = L U. */
  Operand[] lu(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = SquareMatrix.of(operation, inputs);
    int n = (int) a.rows();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix permutation = scratch.matrix(n, n);
      DenseMatrix lower = scratch.matrix(n, n);
      DenseMatrix upper = scratch.matrix(n, n);
      MemorySegment pivots = scratch.bytes((long) n * Integer.BYTES);
      MemorySegment columnMajor = scratch.doubles(a.cells());
      Layout.transpose(a.segment(), n, n, columnMajor);
      int info = n == 0 ? 0 : blas.lapack().dgetrf(n, n, columnMajor, pivots);
      requireRegular(operation, n, info);
      for (long i = 0; i < n; i++) {
        for (long j = 0; j < n; j++) {
          double cell = columnMajor.getAtIndex(JAVA_DOUBLE, j * n + i);
          lower.set(i, j, i > j ? cell : i == j ? 1 : 0);
          upper.set(i, j, i > j ? 0 : cell);
          permutation.set(i, j, 0);
        }
      }
      int[] source = sources(n, pivots);
      for (int i = 0; i < n; i++) {
        permutation.set(i, source[i], 1);
      }
      return new Operand[] {scratch.keep(permutation), scratch.keep(lower), scratch.keep(upper)};
    }
  }

  /** The row of A that each row of the factors came from. */
  private static int[] sources(int n, MemorySegment pivots) {
    int[] source = new int[n];
    for (int i = 0; i < n; i++) {
      source[i] = i;
    }
    for (int i = 0; i < n; i++) {
      int other = pivots.getAtIndex(JAVA_INT, i) - 1;
      int kept = source[i];
      source[i] = source[other];
      source[other] = kept;
    }
    return source;
  }

  private static MemorySegment factorise(
      Operation operation, Lapack lapack, DenseMatrix a, MemorySegment pivots, Scratch scratch) {
    int n = (int) a.rows();
    MemorySegment lu = scratch.doubles(a.cells());
    MemorySegment.copy(a.segment(), 0, lu, 0, a.bytes());
    requireRegular(operation, n, n == 0 ? 0 : lapack.dgetrf(n, n, lu, pivots));
    return lu;
  }

  private static void requireRegular(Operation operation, int n, int info) {
    if (info > 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' got a singular matrix of shape "
              + n
              + "x"
              + n
              + ": its columns depend on each other (pivot "
              + info
              + " is zero)");
    }
  }
}
