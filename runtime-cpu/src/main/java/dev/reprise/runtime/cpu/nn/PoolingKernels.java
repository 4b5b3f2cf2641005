package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.WindowPairs;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.WindowShape;

/** Runs a pooling over all channels of all images, each of which is independent of the others. */
final class PoolingKernels {
  /** Cells that the windows of a task look at, at least: some 30 microseconds. */
  private static final long TASK_CELLS = 1 << 15;

  /** Likewise, steps in which machine code folds a cell, several at a time. */
  private static final long TASK_STEPS = 1 << 17;

  private final Pooling pooling;
  private final Parallel parallel;
  private final Precision precision;

  /** Of images of that precision; of floats it passes where channels are large. */
  PoolingKernels(Pooling pooling, Parallel parallel, Precision precision) {
    this.pooling = pooling;
    this.parallel = parallel;
    this.precision = precision;
  }

  Operand[] forward(Operation operation, Operand[] inputs, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 1);
    if (!ChannelCells.areSmall(precision, Math.max(shape.planeCells(), shape.outCells()))) {
      return null;
    }
    DenseMatrix images = Windows.images(operation, inputs, 0, shape, precision);
    ChannelPooling channels = new ChannelPooling(pooling, shape);
    boolean paired = pooling instanceof MaxPooling && PairedMaxima.fit(shape);
    boolean folded = pooling.folds().fit(shape);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(shape.images(), shape.outputCols(), precision);
      parallel.forRange(
          context,
          planes(shape),
          planesPerTask(shape, folded && !paired),
          (from, to) -> {
            if (paired) {
              PairedMaxima.forward(shape, images, out, from, to);
            } else if (folded) {
              new FoldedPooling(pooling.folds(), shape)
                  .forward(
                      images,
                      out,
                      from,
                      to,
                      plane -> channels.forward(images, out, plane, plane + 1));
            } else {
              channels.forward(images, out, from, to);
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  Operand[] backward(Operation operation, Operand[] inputs, ExecutionContext context) {
    WindowShape shape = Windows.shape(operation, inputs, 2);
    if (!ChannelCells.areSmall(precision, Math.max(shape.planeCells(), shape.outCells()))) {
      return null;
    }
    DenseMatrix images = Windows.images(operation, inputs, 0, shape, precision);
    DenseMatrix dout = Windows.outputs(operation, inputs, 1, shape, precision);
    ChannelPooling channels = new ChannelPooling(pooling, shape);
    boolean paired = pooling instanceof MaxPooling && PairedMaxima.fit(shape);
    boolean pairedMeans =
        pooling instanceof AveragePooling && PairedMaxima.fit(shape) && CellFunction.areThere();
    boolean folded = pooling.gradientFolds().fit(shape);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = scratch.matrix(shape.images(), shape.inputCols(), precision);
      parallel.forRange(
          context,
          planes(shape),
          planesPerTask(shape, folded && !paired && !pairedMeans),
          (from, to) -> {
            if (paired) {
              PairedMaxima.backward(shape, channels.windows(), images, dout, dx, from, to);
            } else if (pairedMeans) {
              new PairedGradient(WindowPairs.MEANS, shape, images, dout, dx).run(from, to, _ -> {});
            } else if (folded) {
              new FoldedPooling(pooling.gradientFolds(), shape)
                  .backward(
                      images,
                      dout,
                      dx,
                      from,
                      to,
                      plane -> channels.backward(images, dout, dx, plane, plane + 1));
            } else {
              channels.backward(images, dout, dx, from, to);
            }
          });
      return new Operand[] {scratch.keep(dx)};
    }
  }

  private static long planes(WindowShape shape) {
    return shape.images() * shape.channels();
  }

  private static long planesPerTask(WindowShape shape, boolean folded) {
    if (folded) {
      long cells = Math.max(shape.planeCells(), shape.outCells());
      long steps = cells * ((long) shape.filterHeight() + shape.filterWidth());
      return Math.max(1, TASK_STEPS / steps);
    }
    long window = (long) shape.filterHeight() * shape.filterWidth();
    long cells = Math.max(shape.planeCells(), shape.outCells() * window);
    return Math.max(1, TASK_CELLS / cells);
  }
}
