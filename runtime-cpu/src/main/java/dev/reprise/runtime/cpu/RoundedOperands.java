package dev.reprise.runtime.cpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies of a product's operands with cells of fewer bits. */
final class RoundedOperands {
  private RoundedOperands() {}

  static Operand[] of(ProductPrecision products, Operand[] inputs, Scratch scratch) {
    Operand[] rounded = inputs.clone();
    for (int i = 0; i < inputs.length; i++) {
      rounded[i] =
          switch (inputs[i]) {
            case DenseMatrix matrix -> dense(products, matrix, scratch);
            case SparseMatrix matrix -> compressed(products, matrix, scratch);
            default -> inputs[i];
          };
    }
    return rounded;
  }

  private static DenseMatrix dense(ProductPrecision products, DenseMatrix matrix, Scratch scratch) {
    DenseMatrix copy = scratch.own(matrix.converted(Precision.FP32, scratch.allocator()));
    MemorySegment cells = copy.segment();
    for (long i = 0; i < copy.cells(); i++) {
      float cell = cells.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, products.rounded(cell));
    }
    return copy;
  }

  private static SparseMatrix compressed(
      ProductPrecision products, SparseMatrix matrix, Scratch scratch) {
    SparseMatrix copy =
        scratch.own(
            SparseMatrix.allocate(
                scratch.allocator(), matrix.rows(), matrix.cols(), matrix.nonZeros()));
    MemorySegment.copy(matrix.segment(), 0, copy.segment(), 0, matrix.bytes());
    for (long at = 0; at < matrix.nonZeros(); at++) {
      copy.set(at, matrix.column(at), products.rounded((float) matrix.value(at)));
    }
    return new SparseMatrix(
        matrix.rows(), matrix.cols(), matrix.precision(), matrix.nonZeros(), copy.buffer());
  }
}
