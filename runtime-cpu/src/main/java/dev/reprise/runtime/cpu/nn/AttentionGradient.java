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

  AttentionGradient(Parallel parallel, LazyBlas blas) {
    this.parallel = parallel;
    this.blas = blas;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    AttentionCells cells = AttentionCells.of(operation, inputs, 1, 6);
    AttentionShape shape = cells.shape();
    DenseMatrix dout = Arguments.matrix(operation, inputs, 0);
    DenseMatrix out = Arguments.matrix(operation, inputs, 4);
    DenseMatrix logsum = Arguments.matrix(operation, inputs, 5);
    AttentionResults.requireGradients(
        operation.name(), shape, dout.shape(), out.shape(), logsum.shape());
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dq = scratch.matrix(cells.queries().rows(), cells.queries().cols());
      DenseMatrix dk = scratch.matrix(cells.keys().rows(), cells.keys().cols());
      DenseMatrix dv = scratch.matrix(cells.values().rows(), cells.values().cols());
      long tasks = shape.sequences() * shape.heads();
      if (tasks > 0) {
        dk.segment().asSlice(0, dk.bytes()).fill((byte) 0);
        dv.segment().asSlice(0, dv.bytes()).fill((byte) 0);
        Step step = new Step(cells, dout, out, logsum, dq, dk, dv, blas.get());
        Slots<MemorySegment> slots =
            Slots.ofCells(
                scratch, context, tasks, 2L * cells.blockRows() * shape.keys(), Precision.FP64);
        parallel.forEach(
            context,
            tasks,
            task -> step.run(task / shape.heads(), (int) (task % shape.heads()), slots));
      }
      return new Operand[] {scratch.keep(dq), scratch.keep(dk), scratch.keep(dv)};
    }
  }

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

    void run(long sequence, int head, Slots<MemorySegment> slots) {
      MemorySegment slot = slots.borrow();
      try {
        for (int from = 0; from < cells.shape().queries(); from += cells.blockRows()) {
          int rows = Math.min(cells.blockRows(), cells.shape().queries() - from);
          add(sequence, head, from, rows, slot);
        }
      } finally {
        slots.giveBack(slot);
      }
    }

    private void add(long sequence, int head, int from, int rows, MemorySegment slot) {
      AttentionShape shape = cells.shape();
      int width = shape.width();
      int valueWidth = shape.valueWidth();
      int seen = shape.seen(from + rows - 1);
      Blas.Block weights = new Blas.Block(slot, 0, seen);
      Blas.Block slopes = new Blas.Block(slot, (long) rows * seen, seen);
      Blas.Block query = cells.head(cells.queries(), sequence, head, from);
      Blas.Block key = cells.head(cells.keys(), sequence, head, 0);
      Blas.Block value = cells.valueHead(cells.values(), sequence, head, 0);
      Blas.Block gradient = cells.valueHead(dout, sequence, head, from);
      blas.gemm(false, true, rows, seen, width, query, key, weights);
      blas.gemm(false, true, rows, seen, valueWidth, gradient, value, slopes);
      derive(slot, seen, sequence, head, from, rows);
      blas.gemmAdd(
          true,
          false,
          seen,
          valueWidth,
          rows,
          weights,
          gradient,
          cells.valueHead(dv, sequence, head, 0));
      blas.gemm(false, false, rows, width, seen, slopes, key, cells.head(dq, sequence, head, from));
      blas.gemmAdd(
          true, false, seen, width, rows, slopes, query, cells.head(dk, sequence, head, 0));
    }

    /** From scores to weights, and from the weights' gradients to those of the scores. */
    private void derive(MemorySegment slot, int cols, long sequence, int head, int from, int rows) {
      AttentionShape shape = cells.shape();
      double[] x = new double[cols];
      double[] k = new double[cols];
      double[] weights = new double[cols];
      double[] slopes = new double[cols];
      for (int row = 0; row < rows; row++) {
        int seen = shape.seen(from + row);
        long at = 8L * row * cols;
        long slopesAt = at + 8L * rows * cols;
        MemorySegment.copy(slot, JAVA_DOUBLE, at, x, 0, seen);
        MemorySegment.copy(slot, JAVA_DOUBLE, slopesAt, slopes, 0, seen);
        long place = cells.logarithmAt(sequence, head, from + row);
        double logarithm = logsum.segment().getAtIndex(JAVA_DOUBLE, place);
        for (int j = 0; j < seen; j++) {
          x[j] = x[j] * shape.scale() - logarithm;
        }
        ExponentialBlocks.exp(x, k, weights, seen);
        double mean = mean(sequence, head, from + row);
        for (int j = 0; j < seen; j++) {
          slopes[j] = weights[j] * (slopes[j] - mean) * shape.scale();
        }
        java.util.Arrays.fill(weights, seen, cols, 0);
        java.util.Arrays.fill(slopes, seen, cols, 0);
        MemorySegment.copy(weights, 0, slot, JAVA_DOUBLE, at, cols);
        MemorySegment.copy(slopes, 0, slot, JAVA_DOUBLE, slopesAt, cols);
      }
    }

    /** The weighted mean of the weights' gradients: the sum of dout * out. */
    private double mean(long sequence, int head, int query) {
      Blas.Block gradient = cells.valueHead(dout, sequence, head, query);
      Blas.Block result = cells.valueHead(out, sequence, head, query);
      double sum = 0;
      for (int i = 0; i < cells.shape().valueWidth(); i++) {
        sum +=
            gradient.cells().getAtIndex(JAVA_DOUBLE, gradient.offset() + i)
                * result.cells().getAtIndex(JAVA_DOUBLE, result.offset() + i);
      }
      return sum;
    }
  }
}
