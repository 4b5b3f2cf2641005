package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/** {@code cholesky}: the lower triangle L with A = L t(L) of a symmetric positive definite A. */
final class CholeskyKernel implements Kernel {
  /** How far products that should be symmetric may be from it by rounding. */
  private static final double TOLERANCE = 1e-12;

  private final LazyBlas blas;

  CholeskyKernel(LazyBlas blas) {
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix a = SquareMatrix.of(operation, inputs);
    int n = (int) a.rows();
    if (!SquareMatrix.isSymmetric(a, TOLERANCE)) {
      throw new OperandException("'cholesky' needs a symmetric matrix");
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix lower = scratch.matrix(n, n);
      lower.segment().asSlice(0, lower.bytes()).fill((byte) 0);
      for (long i = 0; i < n; i++) {
        long at = Double.BYTES * i * n;
        MemorySegment.copy(a.segment(), at, lower.segment(), at, Double.BYTES * (i + 1));
      }
      // Row-major lower is LAPACK's column-major upper.
      int info = n == 0 ? 0 : blas.lapack().dpotrf(n, lower.segment());
      if (info > 0) {
        throw new OperandException(
            "'cholesky' needs a positive definite matrix, but the leading "
                + info
                + "x"
                + info
                + " part of this "
                + n
                + "x"
                + n
                + " matrix is not");
      }
      return new Operand[] {scratch.keep(lower)};
    }
  }
}
