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
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  /** Cells that are looked at together. */
  private static final int BLOCK = 1024;

  /** Rows and columns of parts across the diagonal from each other that are compared together. */
  private static final int TILE = 32;

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
    double[] block = new double[(int) Math.min(BLOCK, a.cells())];
    for (long at = 0; at < a.cells(); at += BLOCK) {
      int count = (int) Math.min(BLOCK, a.cells() - at);
      MemorySegment.copy(a.segment(), CELL, CELL.byteSize() * at, block, 0, count);
      int other = firstNotFinite(block, count);
      if (other < count) {
        throw new OperandException(
            "'"
                + operation.name()
                + "' needs finite numbers, but row "
                + ((at + other) / a.cols() + 1)
                + ", column "
                + ((at + other) % a.cols() + 1)
                + " is "
                + block[other]);
      }
    }
  }

  private static int firstNotFinite(double[] cells, int count) {
    int i = 0;
    while (i < count && Double.isFinite(cells[i])) {
      i++;
    }
    return i;
  }

  /** True when cells across the diagonal differ by no more than the relative tolerance. */
  static boolean isSymmetric(DenseMatrix a, double tolerance) {
    int n = (int) a.rows();
    double[] low = new double[TILE * TILE];
    double[] high = new double[TILE * TILE];
    for (int i = 0; i < n; i += TILE) {
      for (int j = 0; j <= i; j += TILE) {
        int rows = Math.min(TILE, n - i);
        int cols = Math.min(TILE, n - j);
        load(a, i, j, rows, cols, low);
        load(a, j, i, cols, rows, high);
        if (!areTransposed(low, high, rows, cols, tolerance)) {
          return false;
        }
      }
    }
    return true;
  }

  private static void load(DenseMatrix a, int row, int col, int rows, int cols, double[] tile) {
    for (int i = 0; i < rows; i++) {
      long at = (long) (row + i) * a.cols() + col;
      MemorySegment.copy(a.segment(), CELL, CELL.byteSize() * at, tile, i * TILE, cols);
    }
  }

  private static boolean areTransposed(
      double[] low, double[] high, int rows, int cols, double tolerance) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double one = low[i * TILE + j];
        double other = high[j * TILE + i];
        if (Math.abs(one - other) > tolerance * Math.max(Math.abs(one), Math.abs(other))) {
          return false;
        }
      }
    }
    return true;
  }
}
