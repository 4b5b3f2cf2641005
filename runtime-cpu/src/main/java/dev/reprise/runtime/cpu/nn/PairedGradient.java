package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.code.WindowPairs;
import dev.reprise.runtime.operation.WindowShape;
import java.util.function.LongConsumer;

/**
 * Gradients of poolings of windows of 2 x 2 that lie side by side, in machine code, channel by
 * channel.
 */
record PairedGradient(
    WindowPairs kind, WindowShape shape, DenseMatrix images, DenseMatrix dout, DenseMatrix dx) {

  /**
   * Writes some channels of images.
   *
   * @param otherwise computes a channel with cells that the code refuses
   */
  void run(long from, long to, LongConsumer otherwise) {
    WindowPairs.Call call =
        kind.call(dx.precision(), shape.outHeight(), shape.outWidth(), shape.width());
    int bytes = dx.precision().bytesPerCell();
    long planeBytes = shape.planeCells() * bytes;
    long outBytes = shape.outCells() * bytes;
    boolean isCovered = shape.planeCells() == 4 * shape.outCells();
    for (long plane = from; plane < to; plane++) {
      long at = plane * planeBytes;
      if (!isCovered) {
        dx.segment().asSlice(at, planeBytes).fill((byte) 0);
      }
      long image = images.segment().address() + at;
      long gradients = dout.segment().address() + plane * outBytes;
      if (!call.run(image, gradients, dx.segment().address() + at)) {
        otherwise.accept(plane);
      }
    }
  }
}
