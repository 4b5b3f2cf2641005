package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/**
 * Outputs of a group of a convolution (or their gradients) as blocks of one row per filter.
 *
 * @param shape of one group
 */
record OutputCells(WindowShape shape, DenseMatrix outputs) {

  /** The output of one image from an output row on. */
  Blas.Block rows(long image, int row) {
    long at = image * shape.outputCols() + (long) row * shape.outWidth();
    return new Blas.Block(outputs.segment(), at, (int) shape.outCells());
  }

  /**
   * The outputs of several images, {@code step} from one to the next, side by side, copied to
   * {@code slot} from cell {@code at} on.
   */
  Blas.Block gather(long first, int count, int step, MemorySegment slot, long at) {
    long cells = shape.outCells();
    long cols = count * cells;
    int bytes = outputs.precision().bytesPerCell();
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < shape.filters(); k++) {
        long from = (first + (long) i * step) * shape.outputCols() + k * cells;
        long to = at + k * cols + i * cells;
        MemorySegment.copy(outputs.segment(), bytes * from, slot, bytes * to, bytes * cells);
      }
    }
    return new Blas.Block(slot, at, (int) cols);
  }
}
