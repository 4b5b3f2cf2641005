package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.PlaneResults;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code global_avg_pool}, {@code global_max_pool} and their gradients: a number of each channel of
 * each image, which is a run of cells.
 */
final class GlobalPooling {
  private static final long CELLS_PER_TASK = 1 << 15;

  /** A multiple of the lanes of sums: 8 KiB. */
  private static final int BLOCK_CELLS = 1 << 10;

  private final Parallel parallel;
  private final Precision precision;

  /** Of images of that precision; of floats it passes where channels are large, or tiny. */
  GlobalPooling(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  /** The number of the cells from one place on. */
  @FunctionalInterface
  private interface Reduction {
    double of(MemorySegment cells, long at, long count);
  }

  /** Writes the gradients of a channel's cells, given that of their number. */
  @FunctionalInterface
  private interface Spread {
    void to(ChannelCells images, ChannelCells gradients, long channel, long cells, double gradient);
  }

  Operand[] average(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    long channels = Arguments.whole(operation, inputs, 1);
    PlaneResults.requireChannels(operation, x.shape(), channels);
    long cells = x.cols() / channels;
    if (!RowCode.pays(cells)) {
      return pool(operation, inputs, context, (of, at, count) -> sum(of, at, count) / count);
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), channels, precision);
      forChannels(
          context,
          out.cells(),
          cells,
          (code, from, to) -> {
            code.run(CellFunction.SUM, RowsCode.Rows.of(x), from * cells, to - from, cells);
            double[] means = code.totals((int) (to - from));
            for (int i = 0; i < means.length; i++) {
              means[i] /= cells;
            }
            new CellBlocks(precision, means.length)
                .store(means, 0, out.segment(), from, means.length);
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  Operand[] largest(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    long channels = Arguments.whole(operation, inputs, 1);
    PlaneResults.requireChannels(operation, x.shape(), channels);
    long cells = x.cols() / channels;
    if (!RowCode.pays(cells)) {
      return pool(operation, inputs, context, GlobalPooling::largest);
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), channels, precision);
      forChannels(
          context,
          out.cells(),
          cells,
          (code, from, to) -> {
            RowsCode.Rows all = RowsCode.Rows.of(x);
            boolean areNumbers =
                code.run(CellFunction.LARGEST_NUMBER, all, from * cells, to - from, cells);
            for (long channel = from; channel < to; channel++) {
              double most = code.total((int) (channel - from));
              if (!areNumbers || most == 0) {
                most = largest(x, channel * cells, cells);
              }
              out.set(0, channel, most);
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  /** The largest cell as {@link Math#max} finds it: NaN where one is, and 0 rather than -0. */
  private static double largest(DenseMatrix x, long at, long count) {
    double[] cells = new double[(int) Math.min(count, BLOCK_CELLS)];
    CellBlocks blocks = new CellBlocks(x.precision(), cells.length);
    double most = Double.NEGATIVE_INFINITY;
    for (long done = 0; done < count; done += cells.length) {
      int n = (int) Math.min(cells.length, count - done);
      blocks.load(x.segment(), at + done, cells, 0, n);
      for (int i = 0; i < n; i++) {
        most = Math.max(most, cells[i]);
      }
    }
    return most;
  }

  /** What is done with some channels by machine code. */
  @FunctionalInterface
  private interface CodeStep {
    void run(RowsCode code, long from, long to);
  }

  private void forChannels(ExecutionContext context, long channels, long cells, CodeStep step) {
    parallel.forRange(
        context,
        channels,
        Parallel.chunk(channels, Math.max(1, CELLS_PER_TASK / cells)),
        (from, to) -> step.run(new RowsCode(precision, (int) (to - from), 1, 1), from, to));
  }

  Operand[] averageGradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix dout = Arguments.matrix(operation, inputs, 1, precision);
    PlaneResults.requireGradient(operation, x.shape(), dout.shape());
    long cells = x.cols() / dout.cols();
    if (RowCode.pays(cells)) {
      try (Scratch scratch = new Scratch(context.allocator())) {
        DenseMatrix dx = scratch.matrix(x.rows(), x.cols(), precision);
        forChannels(
            context,
            dout.cells(),
            cells,
            (code, from, to) -> {
              for (long channel = from; channel < to; channel++) {
                code.number((int) (channel - from), dout.get(0, channel) / cells);
              }
              RowsCode.Rows all = new RowsCode.Rows(new DenseMatrix[0], dx);
              code.run(CellFunction.FILLED, all, from * cells, to - from, cells);
            });
        return new Operand[] {scratch.keep(dx)};
      }
    }
    return spread(
        operation,
        inputs,
        context,
        (_, gradients, channel, count, gradient) -> {
          gradients.write(channel);
          double[] shares = new double[(int) Math.min(count, BLOCK_CELLS)];
          Arrays.fill(shares, gradient / count);
          for (long done = 0; done < count; done += shares.length) {
            int n = (int) Math.min(shares.length, count - done);
            long at = Double.BYTES * (gradients.at() + done);
            MemorySegment.copy(shares, 0, gradients.segment(), JAVA_DOUBLE, at, n);
          }
        });
  }

  Operand[] largestGradient(Operation operation, Operand[] inputs, ExecutionContext context) {
    return spread(
        operation,
        inputs,
        context,
        (images, gradients, channel, count, gradient) -> {
          images.read(channel);
          gradients.add(channel);
          long place = firstLargest(images.segment(), images.at(), count);
          if (place >= 0) {
            gradients.segment().setAtIndex(JAVA_DOUBLE, place, gradient);
          }
        });
  }

  private Operand[] pool(
      Operation operation, Operand[] inputs, ExecutionContext context, Reduction reduction) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    long channels = Arguments.whole(operation, inputs, 1);
    PlaneResults.requireChannels(operation, x.shape(), channels);
    long cells = x.cols() / channels;
    if (!ChannelCells.pay(precision, cells)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), channels, precision);
      parallel.forRange(
          context,
          out.cells(),
          Math.max(1, CELLS_PER_TASK / cells),
          (from, to) -> {
            ChannelCells in = new ChannelCells(x, cells);
            for (long plane = from; plane < to; plane++) {
              in.read(plane);
              out.set(0, plane, reduction.of(in.segment(), in.at(), cells));
            }
          });
      return new Operand[] {scratch.keep(out)};
    }
  }

  private Operand[] spread(
      Operation operation, Operand[] inputs, ExecutionContext context, Spread spread) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix dout = Arguments.matrix(operation, inputs, 1, precision);
    PlaneResults.requireGradient(operation, x.shape(), dout.shape());
    long cells = x.cols() / dout.cols();
    if (!ChannelCells.pay(precision, cells)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = scratch.matrix(x.rows(), x.cols(), precision);
      parallel.forRange(
          context,
          dout.cells(),
          Math.max(1, CELLS_PER_TASK / cells),
          (from, to) -> {
            ChannelCells in = new ChannelCells(x, cells);
            ChannelCells gradients = new ChannelCells(dx, cells);
            for (long plane = from; plane < to; plane++) {
              spread.to(in, gradients, plane, cells, dout.get(0, plane));
              gradients.written();
            }
          });
      return new Operand[] {scratch.keep(dx)};
    }
  }

  // Cells are copied to an array some at a time, since those of segments take long one by one.

  /** What is done with some cells of a run, in an array from its start on. */
  @FunctionalInterface
  private interface Block {
    void visit(double[] cells, int count, long at);
  }

  private static void forBlocks(MemorySegment cells, long at, long count, Block block) {
    double[] some = new double[(int) Math.min(count, BLOCK_CELLS)];
    for (long done = 0; done < count; done += some.length) {
      int n = (int) Math.min(some.length, count - done);
      MemorySegment.copy(cells, JAVA_DOUBLE, Double.BYTES * (at + done), some, 0, n);
      block.visit(some, n, done);
    }
  }

  /** With the bits of {@link LaneSums}. */
  private static double sum(MemorySegment cells, long at, long count) {
    double[] sums = new double[8];
    long pairs = count - count % 8;
    forBlocks(
        cells,
        at,
        count,
        (some, n, done) -> {
          for (int i = 0; i < n; i++) {
            sums[done + i < pairs ? i % 8 : i % 4] += some[i];
          }
        });
    for (int i = 0; i < 4; i++) {
      sums[i] += sums[4 + i];
    }
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
  }

  /** NaN where one of the cells is. */
  private static double largest(MemorySegment cells, long at, long count) {
    double[] most = {Double.NEGATIVE_INFINITY};
    forBlocks(
        cells,
        at,
        count,
        (some, n, _) -> {
          for (int i = 0; i < n; i++) {
            most[0] = Math.max(most[0], some[i]);
          }
        });
    return most[0];
  }

  /** The first of the largest cells, passing over NaN; -1 where there is nothing else. */
  private static long firstLargest(MemorySegment cells, long at, long count) {
    FirstLargest first = new FirstLargest();
    forBlocks(cells, at, count, first);
    return first.place < 0 ? -1 : at + first.place;
  }

  private static final class FirstLargest implements Block {
    private long place = -1;
    private double most = Double.NEGATIVE_INFINITY;

    @Override
    public void visit(double[] cells, int count, long at) {
      for (int i = 0; i < count; i++) {
        double cell = cells[i];
        if (cell > most || place < 0 && cell == most) {
          place = at + i;
          most = cell;
        }
      }
    }
  }
}
