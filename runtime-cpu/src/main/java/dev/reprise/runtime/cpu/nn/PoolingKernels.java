package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;

/** Runs a pooling over all channels of all images, each of which is independent of the others. */
final class PoolingKernels {
  /** Cells that the windows of a task look at, at least: some 30 microseconds. */
  private static final long TASK_CELLS = 1 << 15;

  private final Pooling pooling;
  private final Parallel parallel;

  PoolingKernels(Pooling pooling, Parallel parallel) {
    this.pooling = pooling;
    this.parallel = parallel;
  }

  Operand[] forward(Operation operation, Operand[] inputs, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 1);
    DenseMatrix images = Windows.images(operation, inputs, 0, shape, Precision.FP64);
    Pooling.Windows windows = Pooling.Windows.of(shape);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(shape.images(), shape.outputCols());
      parallel.forRange(
          context,
          planes(shape),
          planesPerTask(shape),
          (from, to) -> {
            for (long plane = from; plane < to; plane++) {
              pooling.forward(
                  windows,
                  images.segment(),
                  plane * shape.planeCells(),
                  out.segment(),
                  plane * shape.outCells());
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  Operand[] backward(Operation operation, Operand[] inputs, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 2);
    DenseMatrix images = Windows.images(operation, inputs, 0, shape, Precision.FP64);
    DenseMatrix dout = Windows.outputs(operation, inputs, 1, shape, Precision.FP64);
    Pooling.Windows windows = Pooling.Windows.of(shape);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = scratch.matrix(shape.images(), shape.inputCols());
      parallel.forRange(
          context,
          planes(shape),
          planesPerTask(shape),
          (from, to) -> {
            long bytes = 8 * shape.planeCells();
            dx.segment().asSlice(from * bytes, (to - from) * bytes).fill((byte) 0);
            for (long plane = from; plane < to; plane++) {
              pooling.backward(
                  windows,
                  images.segment(),
                  dout.segment(),
                  plane * shape.outCells(),
                  dx.segment(),
                  plane * shape.planeCells());
            }
          });
      return new Operand[] {scratch.keep(dx)};
    }
  }

  private static long planes(WindowShape shape) {
    return shape.images() * shape.channels();
  }

  private static long planesPerTask(WindowShape shape) {
    long window = (long) shape.filterHeight() * shape.filterWidth();
    long cells = Math.max(shape.planeCells(), shape.outCells() * window);
    return Math.max(1, TASK_CELLS / cells);
  }
}
