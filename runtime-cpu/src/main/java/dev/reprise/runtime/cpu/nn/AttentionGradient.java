package dev.reprise.runtime.cpu.nn;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import dev.reprise.runtime.operation.AttentionResults;
import dev.reprise.runtime.operation.AttentionShape;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * {@code attention_backward}: [dQ, dK, dV]. With the weights P = e^(scores - logsum), made anew,
 *
 * <pre>
 *   dV = t(P) dout        dS = P * (dout t(V) - rowSums(dout * out)) / sqrt(width)
 *   dQ = dS K             dK = t(dS) Q
 * </pre>
 *
 * A task has one head of one sequence, since all queries add to the gradients of its keys.
 */
final class AttentionGradient implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;
  private final Precision precision;

  /** Of matrices of that precision; computes in double in either. */
  AttentionGradient(Parallel parallel, LazyBlas blas, Precision precision) {
    this.parallel = parallel;
    this.blas = blas;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    AttentionCells cells = AttentionCells.of(operation, inputs, 1, 6, precision);
    AttentionShape shape = cells.shape();
    DenseMatrix dout = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix out = Arguments.matrix(operation, inputs, 4, precision);
    DenseMatrix logsum = Arguments.matrix(operation, inputs, 5, precision);
    AttentionResults.requireGradients(
        operation.name(), shape, dout.shape(), out.shape(), logsum.shape());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dq = like(cells.queries(), scratch);
      DenseMatrix dk = like(cells.keys(), scratch);
      DenseMatrix dv = like(cells.values(), scratch);
      long tasks = shape.sequences() * shape.heads();
      if (tasks > 0) {
        Step step = new Step(cells, dout, out, logsum, dq, dk, dv, blas.get());
        Slots<MemorySegment> slots =
            Slots.ofCells(scratch, context, tasks, step.room(), Precision.FP64);
        parallel.forEach(
            context,
            tasks,
            task -> step.run(task / shape.heads(), (int) (task % shape.heads()), slots));
      }
      return new Operand[] {scratch.keep(dq), scratch.keep(dk), scratch.keep(dv)};
    }
  }

  private DenseMatrix like(DenseMatrix matrix, Scratch scratch) {
    return scratch.matrix(matrix.rows(), matrix.cols(), precision);
  }

  /** The keys and values of a head of a sequence, and their gradients, which queries add to. */
  private record Head(
      Blas.Block keys, Blas.Block values, Blas.Block keyGradients, Blas.Block valueGradients) {}

  /** One head of one sequence. */
  private record Step(
      AttentionCells cells,
      DenseMatrix dout,
      DenseMatrix out,
      DenseMatrix logsum,
      DenseMatrix dq,
      DenseMatrix dk,
      DenseMatrix dv,
      Blas blas) {

    /** Cells that a task works in: scores and their slopes, and in fp32 what it copies. */
    long room() {
      return roomOfHead() + copies(cells.blockRows());
    }

    private long roomOfHead() {
      return 2 * cells.scores() + copies(cells.shape().keys());
    }

    /** Of positions and of their gradients. */
    private long copies(int positions) {
      long numbers = cells.shape().width() + cells.shape().valueWidth();
      return DoubleBlocks.room(dout.precision(), 2 * positions * numbers);
    }

    void run(long sequence, int head, Slots<MemorySegment> slots) {
      MemorySegment slot = slots.borrow();
      try {
        AttentionShape shape = cells.shape();
        int keys = shape.keys();
        int width = shape.width();
        int valueWidth = shape.valueWidth();
        DoubleBlocks blocks = new DoubleBlocks(dout.precision(), slot, 2 * cells.scores());
        Blas.Block dKeys = cells.head(dk, sequence, head, 0);
        Blas.Block dValues = cells.valueHead(dv, sequence, head, 0);
        Head of =
            new Head(
                blocks.read(cells.head(cells.keys(), sequence, head, 0), keys, width),
                blocks.read(cells.valueHead(cells.values(), sequence, head, 0), keys, valueWidth),
                blocks.sum(dKeys, keys, width),
                blocks.sum(dValues, keys, valueWidth));
        for (int from = 0; from < shape.queries(); from += cells.blockRows()) {
          int rows = Math.min(cells.blockRows(), shape.queries() - from);
          blocks.reuse(roomOfHead());
          add(of, sequence, head, from, rows, slot, blocks);
        }
        blocks.written(of.keyGradients, dKeys, keys, width);
        blocks.written(of.valueGradients, dValues, keys, valueWidth);
      } finally {
        slots.giveBack(slot);
      }
    }

    private void add(
        Head of,
        long sequence,
        int head,
        int from,
        int rows,
        MemorySegment slot,
        DoubleBlocks blocks) {
      AttentionShape shape = cells.shape();
      int width = shape.width();
      int valueWidth = shape.valueWidth();
      int seen = shape.seen(from + rows - 1);
      Blas.Block weights = new Blas.Block(slot, 0, seen);
      Blas.Block slopes = new Blas.Block(slot, (long) rows * seen, seen);
      Blas.Block query =
          blocks.read(cells.head(cells.queries(), sequence, head, from), rows, width);
      Blas.Block gradient =
          blocks.read(cells.valueHead(dout, sequence, head, from), rows, valueWidth);
      Blas.Block result = blocks.read(cells.valueHead(out, sequence, head, from), rows, valueWidth);
      blas.gemm(false, true, rows, seen, width, query, of.keys, weights);
      blas.gemm(false, true, rows, seen, valueWidth, gradient, of.values, slopes);
      double[] means = means(gradient, result, rows);
      derive(slot, seen, cells.logarithmAt(sequence, head, from), from, means);
      blas.gemmAdd(true, false, seen, valueWidth, rows, weights, gradient, of.valueGradients);
      Blas.Block dQuery = cells.head(dq, sequence, head, from);
      Blas.Block target = blocks.write(dQuery, rows, width);
      blas.gemm(false, false, rows, width, seen, slopes, of.keys, target);
      blocks.written(target, dQuery, rows, width);
      blas.gemmAdd(true, false, seen, width, rows, slopes, query, of.keyGradients);
    }

    /** From scores to weights, and from the weights' gradients to those of the scores. */
    private void derive(MemorySegment slot, int cols, long logarithmAt, int from, double[] means) {
      AttentionShape shape = cells.shape();
      double[] x = new double[cols];
      double[] k = new double[cols];
      double[] weights = new double[cols];
      double[] slopes = new double[cols];
      int rows = means.length;
      for (int row = 0; row < rows; row++) {
        int seen = shape.seen(from + row);
        long at = 8L * row * cols;
        long slopesAt = at + 8L * rows * cols;
        MemorySegment.copy(slot, JAVA_DOUBLE, at, x, 0, seen);
        MemorySegment.copy(slot, JAVA_DOUBLE, slopesAt, slopes, 0, seen);
        double logarithm = logsum.get(0, logarithmAt + (long) row * shape.heads());
        for (int j = 0; j < seen; j++) {
          x[j] = x[j] * shape.scale() - logarithm;
        }
        ExponentialBlocks.exp(x, k, weights, seen);
        for (int j = 0; j < seen; j++) {
          slopes[j] = weights[j] * (slopes[j] - means[row]) * shape.scale();
        }
        java.util.Arrays.fill(weights, seen, cols, 0);
        java.util.Arrays.fill(slopes, seen, cols, 0);
        MemorySegment.copy(weights, 0, slot, JAVA_DOUBLE, at, cols);
        MemorySegment.copy(slopes, 0, slot, JAVA_DOUBLE, slopesAt, cols);
      }
    }

    /** Of each query the weighted mean of the weights' gradients: the sum of dout * out. */
    private double[] means(Blas.Block gradient, Blas.Block result, int rows) {
      double[] means = new double[rows];
      for (int row = 0; row < rows; row++) {
        long atGradient = gradient.offset() + (long) row * gradient.stride();
        long atResult = result.offset() + (long) row * result.stride();
        double sum = 0;
        for (int i = 0; i < cells.shape().valueWidth(); i++) {
          sum +=
              gradient.cells().getAtIndex(JAVA_DOUBLE, atGradient + i)
                  * result.cells().getAtIndex(JAVA_DOUBLE, atResult + i);
        }
        means[row] = sum;
      }
      return means;
    }
  }
}
