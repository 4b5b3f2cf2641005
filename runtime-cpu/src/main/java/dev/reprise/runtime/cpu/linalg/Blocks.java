package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.blas.Blas;
import java.lang.foreign.MemorySegment;

/** Blocks of row-major matrices, by the position of their first cell. */
final class Blocks {
  private Blocks() {}

  static Blas.Block at(DenseMatrix matrix, long row, long col) {
    return at(matrix.segment(), matrix.cols(), row, col);
  }

  static Blas.Block at(MemorySegment cells, long cols, long row, long col) {
    if (cols > Integer.MAX_VALUE) {
      throw new ResourceException(
          "BLAS takes matrices of up to " + Integer.MAX_VALUE + " columns, not " + cols);
    }
    return new Blas.Block(cells, row * cols + col, (int) cols);
  }
}
