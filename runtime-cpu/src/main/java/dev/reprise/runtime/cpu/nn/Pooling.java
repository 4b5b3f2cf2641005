package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.operation.WindowShape;
import java.lang.foreign.MemorySegment;

/** One kind of pooling of one channel of one image. Positions are counted in cells. */
sealed interface Pooling permits MaxPooling, AveragePooling {

  /** Pools the channel that begins at {@code inAt}. */
  void forward(WindowShape shape, MemorySegment in, long inAt, MemorySegment out, long outAt);

  /** Adds the gradient of the channel that begins at {@code inAt} to {@code dx}, there zero. */
  void backward(
      WindowShape shape,
      MemorySegment in,
      MemorySegment dout,
      long outAt,
      MemorySegment dx,
      long inAt);

  /** The first image row under the windows of output row p. */
  static int firstRow(WindowShape shape, int p) {
    return (int) Math.max(0, (long) p * shape.strideHeight() - shape.padHeight());
  }

  /** One past the last image row under the windows of output row p. */
  static int endRow(WindowShape shape, int p) {
    long end = (long) p * shape.strideHeight() - shape.padHeight() + shape.filterHeight();
    return (int) Math.min(shape.height(), end);
  }

  static int firstCol(WindowShape shape, int q) {
    return (int) Math.max(0, (long) q * shape.strideWidth() - shape.padWidth());
  }

  static int endCol(WindowShape shape, int q) {
    long end = (long) q * shape.strideWidth() - shape.padWidth() + shape.filterWidth();
    return (int) Math.min(shape.width(), end);
  }
}
