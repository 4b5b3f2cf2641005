package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Checks what factorisations ask of their first operand. */
final class SquareMatrix {
  private SquareMatrix() {}

  /** The first operand, which must be square. */
  static DenseMatrix of(Operation operation, Operand[] inputs) {
    DenseMatrix a = Arguments.matrix(operation, inputs, 0);
    if (a.rows() != a.cols()) {
      throw new OperandException(
          "'" + operation.name() + "' needs a square matrix, but got one of shape " + a.shape());
    }
    order(operation, a.rows(), Integer.MAX_VALUE);
    return a;
  }

  /** The extent as LAPACK takes it. */
  static int order(Operation operation, long extent, int most) {
    if (extent > most) {
      throw new ResourceException(
          "'" + operation.name() + "' handles up to " + most + " rows and columns, not " + extent);
    }
    return (int) extent;
  }

  static void requireFinite(Operation operation, DenseMatrix a) {
    MemorySegment cells = a.segment();
    for (long i = 0; i < a.cells(); i++) {
      double cell = cells.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      if (!Double.isFinite(cell)) {
        throw new OperandException(
            "'"
                + operation.name()
                + "' needs finite numbers, but row "
                + (i / a.cols() + 1)
                + ", column "
                + (i % a.cols() + 1)
                + " is "
                + cell);
      }
    }
  }

  /** True when cells across the diagonal differ by no more than the relative tolerance. */
  static boolean isSymmetric(DenseMatrix a, double tolerance) {
    long n = a.rows();
    MemorySegment cells = a.segment();
    for (long i = 0; i < n; i++) {
      for (long j = 0; j < i; j++) {
        double low = cells.getAtIndex(ValueLayout.JAVA_DOUBLE, i * n + j);
        double high = cells.getAtIndex(ValueLayout.JAVA_DOUBLE, j * n + i);
        if (Math.abs(low - high) > tolerance * Math.max(Math.abs(low), Math.abs(high))) {
          return false;
        }
      }
    }
    return true;
  }
}
