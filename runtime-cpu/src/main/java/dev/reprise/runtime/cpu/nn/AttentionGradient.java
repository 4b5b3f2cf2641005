package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import dev.reprise.runtime.operation.AttentionResults;
import dev.reprise.runtime.operation.AttentionShape;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

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
final class AttentionGradient extends ProductKernel {
  AttentionGradient(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
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
        Step step = new Step(cells, dout, out, logsum, dq, dk, dv, products);
        Slots<MemorySegment> slots = Slots.ofBytes(scratch, context, tasks, step.bytes());
        slots.forEach(parallel, context, tasks, step::run);
      }
      return new Operand[] {scratch.keep(dq), scratch.keep(dk), scratch.keep(dv)};
    }
  }

  private DenseMatrix like(DenseMatrix matrix, Scratch scratch) {
    return scratch.matrix(matrix.rows(), matrix.cols(), precision);
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
      CellProducts products) {

    /** What a task borrows: what products need, scores and their gradients. */
    long bytes() {
      return cells.productBytes(products) + 2 * cells.scores() * products.bytes();
    }

    void run(long task, MemorySegment slot) {
      AttentionShape shape = cells.shape();
      long sequence = task / shape.heads();
      int head = (int) (task % shape.heads());
      long bytes = cells.productBytes(products);
      HeadProducts factors = new HeadProducts(products, slot.asSlice(0, bytes));
      MemorySegment scores = slot.asSlice(bytes);
      factors.clear(shape.keys(), shape.width(), cells.head(dk, sequence, head, 0));
      factors.clear(shape.keys(), shape.valueWidth(), cells.valueHead(dv, sequence, head, 0));
      for (int from = 0; from < shape.queries(); from += cells.blockRows()) {
        add(sequence, head, from, factors, scores);
      }
    }

    /** What a block of queries adds to the gradients of its head's keys and values. */
    private void add(long sequence, int head, int from, HeadProducts factors, MemorySegment slot) {
      AttentionShape shape = cells.shape();
      int rows = Math.min(cells.blockRows(), shape.queries() - from);
      int width = shape.width();
      int valueWidth = shape.valueWidth();
      int seen = shape.seen(from + rows - 1);
      Blas.Block weights = new Blas.Block(slot, 0, seen);
      Blas.Block slopes = new Blas.Block(slot, (long) rows * seen, seen);
      Blas.Block query = cells.head(cells.queries(), sequence, head, from);
      Blas.Block keys = cells.head(cells.keys(), sequence, head, 0);
      Blas.Block values = cells.valueHead(cells.values(), sequence, head, 0);
      Blas.Block gradient = cells.valueHead(dout, sequence, head, from);
      Blas.Block result = cells.valueHead(out, sequence, head, from);
      factors.turned(rows, seen, width, query, keys, weights);
      factors.turned(rows, seen, valueWidth, gradient, values, slopes);
      double[] logarithms = logarithms(cells.logarithmAt(sequence, head, from), rows);
      ScoreRows code = new ScoreRows(dout.precision(), shape, from, rows, seen);
      if (!ScoreRows.areThere()) {
        derive(slot, seen, from, logarithms, means(gradient, result, rows));
      } else {
        double[] means = ScoreRows.products(dout.precision(), gradient, result, rows, valueWidth);
        MemorySegment second = slot.asSlice(slopes.offset() * products.bytes());
        if (!code.derive(slot, second, logarithms, means)) {
          factors.turned(rows, seen, width, query, keys, weights);
          factors.turned(rows, seen, valueWidth, gradient, values, slopes);
          derive(slot, seen, from, logarithms, means);
        }
      }
      Blas.Block dValues = cells.valueHead(dv, sequence, head, 0);
      factors.addTurned(seen, valueWidth, rows, weights, gradient, dValues);
      Blas.Block dQuery = cells.head(dq, sequence, head, from);
      factors.plain(rows, width, seen, slopes, keys, dQuery);
      Blas.Block dKeys = cells.head(dk, sequence, head, 0);
      factors.addTurned(seen, width, rows, slopes, query, dKeys);
    }

    private double[] logarithms(long first, int rows) {
      double[] logarithms = new double[rows];
      for (int row = 0; row < rows; row++) {
        logarithms[row] = logsum.get(0, first + (long) row * cells.shape().heads());
      }
      return logarithms;
    }

    /**
     * From scores to weights, and from the weights' gradients to those of the scores, in arrays.
     */
    private void derive(
        MemorySegment slot, int cols, int from, double[] logarithms, double[] means) {
      AttentionShape shape = cells.shape();
      CellBlocks blocks = new CellBlocks(dout.precision(), cols);
      double[] x = new double[cols];
      double[] k = new double[cols];
      double[] weights = new double[cols];
      double[] slopes = new double[cols];
      int rows = means.length;
      for (int row = 0; row < rows; row++) {
        int seen = shape.seen(from + row);
        long at = (long) row * cols;
        long slopesAt = at + (long) rows * cols;
        blocks.load(slot, at, x, 0, seen);
        blocks.load(slot, slopesAt, slopes, 0, seen);
        for (int j = 0; j < seen; j++) {
          x[j] = x[j] * shape.scale() - logarithms[row];
        }
        ExponentialBlocks.exp(x, k, weights, seen);
        for (int j = 0; j < seen; j++) {
          slopes[j] = weights[j] * (slopes[j] - means[row]) * shape.scale();
        }
        Arrays.fill(weights, seen, cols, 0);
        Arrays.fill(slopes, seen, cols, 0);
        blocks.store(weights, 0, slot, at, cols);
        blocks.store(slopes, 0, slot, slopesAt, cols);
      }
    }

    /** Of each query the weighted mean of the weights' gradients: the sum of dout * out. */
    private double[] means(Blas.Block gradient, Blas.Block result, int rows) {
      int width = cells.shape().valueWidth();
      CellBlocks blocks = new CellBlocks(dout.precision(), width);
      double[] x = new double[width];
      double[] y = new double[width];
      double[] means = new double[rows];
      for (int row = 0; row < rows; row++) {
        blocks.load(
            gradient.cells(), gradient.offset() + (long) row * gradient.stride(), x, 0, width);
        blocks.load(result.cells(), result.offset() + (long) row * result.stride(), y, 0, width);
        means[row] = LaneSums.products(x, 0, 0, y, 0, width);
      }
      return means;
    }
  }
}
