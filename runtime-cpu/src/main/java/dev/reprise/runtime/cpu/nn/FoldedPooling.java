package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.WindowFolds;
import dev.reprise.runtime.operation.WindowShape;
import java.util.function.LongConsumer;

/** A pooling or its gradient by machine code, some channels of images a call. */
record FoldedPooling(WindowFolds kind, WindowShape shape) {

  /**
   * Pools some channels.
   *
   * @param otherwise computes a channel with cells that the code refuses
   */
  void forward(DenseMatrix images, DenseMatrix out, long from, long to, LongConsumer otherwise) {
    WindowFolds.Call call = kind.call(out.precision(), shape);
    int bytes = out.precision().bytesPerCell();
    forCalls(
        call,
        from,
        to,
        (plane, planes) ->
            call.run(
                images.segment().address() + plane * shape.planeCells() * bytes,
                0,
                out.segment().address() + plane * shape.outCells() * bytes,
                planes),
        otherwise);
  }

  /** Gradients of some channels, likewise. */
  void backward(
      DenseMatrix images,
      DenseMatrix dout,
      DenseMatrix dx,
      long from,
      long to,
      LongConsumer otherwise) {
    WindowFolds.Call call = kind.call(dx.precision(), shape);
    int bytes = dx.precision().bytesPerCell();
    long planeBytes = shape.planeCells() * bytes;
    // Sums of floats are kept elsewhere, and written as they are complete.
    boolean areAdded = kind == WindowFolds.LARGEST_GRADIENTS && dx.precision() == Precision.FP64;
    forCalls(
        call,
        from,
        to,
        (plane, planes) -> {
          long at = plane * planeBytes;
          if (areAdded) {
            dx.segment().asSlice(at, planes * planeBytes).fill((byte) 0);
          }
          return call.run(
              images.segment().address() + at,
              dout.segment().address() + plane * shape.outCells() * bytes,
              dx.segment().address() + at,
              planes);
        },
        otherwise);
  }

  /** A call for some channels; false when it refused a cell. */
  @FunctionalInterface
  private interface Step {
    boolean run(long plane, long planes);
  }

  private static void forCalls(
      WindowFolds.Call call, long from, long to, Step step, LongConsumer otherwise) {
    for (long first = from; first < to; first += call.planes()) {
      long end = Math.min(to, first + call.planes());
      if (step.run(first, end - first)) {
        continue;
      }
      for (long plane = first; plane < end; plane++) {
        if (end - first == 1 || !step.run(plane, 1)) {
          otherwise.accept(plane);
        }
      }
    }
  }
}
