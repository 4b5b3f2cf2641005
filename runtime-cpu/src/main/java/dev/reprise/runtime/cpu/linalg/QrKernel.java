package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code qr}: [H, R], both m x n. R is upper triangular; column j of H is the vector h of the j-th
 * reflection I - h t(h) / h[j], zero above row j, so that the reflections' product times R is X.
 */
final class QrKernel implements Kernel {
  private final LazyBlas blas;

  QrKernel(LazyBlas blas) {
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0);
    int m = SquareMatrix.order(operation, x.rows(), Integer.MAX_VALUE);
    int n = SquareMatrix.order(operation, x.cols(), Integer.MAX_VALUE);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix h = scratch.matrix(m, n);
      DenseMatrix r = scratch.matrix(m, n);
      MemorySegment tau = scratch.doubles(Math.min(m, n));
      MemorySegment columnMajor = scratch.doubles(x.cells());
      Layout.transpose(x.segment(), m, n, columnMajor);
      if (x.cells() > 0) {
        blas.lapack().dgeqrf(m, n, columnMajor, tau);
        Layout.transpose(columnMajor, n, m, r.segment());
        for (int i = 0; i < m; i++) {
          unpackRow(i, h, r, tau);
        }
      }
      return new Operand[] {scratch.keep(h), scratch.keep(r)};
    }
  }

  private static void unpackRow(int i, DenseMatrix h, DenseMatrix r, MemorySegment tau) {
    long reflections = Math.min(r.rows(), r.cols());
    for (long j = 0; j < r.cols(); j++) {
      double factor = j < reflections ? tau.getAtIndex(JAVA_DOUBLE, j) : 0;
      double below = j < i ? factor * r.get(i, j) : 0;
      h.set(i, j, i == j ? factor : below);
      if (j < i) {
        r.set(i, j, 0);
      }
    }
    boolean reflected = i >= reflections || tau.getAtIndex(JAVA_DOUBLE, i) != 0;
    if (!reflected && r.get(i, i) != 0) {
      // LAPACK leaves a column alone that has nothing below the diagonal; we turn its axis round.
      h.set(i, i, 2);
      for (long j = i; j < r.cols(); j++) {
        r.set(i, j, -r.get(i, j));
      }
    }
  }
}
