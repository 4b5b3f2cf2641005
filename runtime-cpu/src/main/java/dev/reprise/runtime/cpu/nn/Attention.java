package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.cell.ExponentialBlocks;
import dev.reprise.runtime.operation.AttentionShape;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code attention}: softmax(Q t(K) / sqrt(width)) V of each sequence and head, for some queries at
 * a time; the scores of all never exist at once. Also the logarithm of each softmax's sum, from
 * which the gradient makes the weights anew.
 */
final class Attention extends ProductKernel {
  Attention(Parallel parallel, LazyBlas blas, Precision precision) {
    super(parallel, blas, precision);
  }

  @Override
  Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context) {
    AttentionCells cells = AttentionCells.of(operation, inputs, 0, 3, precision);
    AttentionShape shape = cells.shape();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(shape.result().rows(), shape.result().cols(), precision);
      DenseMatrix logsum =
          scratch.matrix(shape.logarithms().rows(), shape.logarithms().cols(), precision);
      long tasks = shape.sequences() * shape.heads() * cells.blocks();
      if (tasks > 0) {
        Step step = new Step(cells, out, logsum, products);
        Slots<MemorySegment> slots = Slots.ofBytes(scratch, context, tasks, step.bytes());
        slots.forEach(parallel, context, tasks, step::run);
      }
      return new Operand[] {scratch.keep(out), scratch.keep(logsum)};
    }
  }

  /** Some queries of one head of one sequence. */
  private record Step(
      AttentionCells cells, DenseMatrix out, DenseMatrix logsum, CellProducts products) {

    /** What a task borrows: what products need, or doubles of a row if that is more, and scores. */
    long bytes() {
      return firstScore() + cells.scores() * products.bytes();
    }

    /** Behind panels, where doubles of rows are between products. */
    private long firstScore() {
      long row = ScoreRows.doubles(cells.shape().keys()) * Double.BYTES;
      return Math.max(cells.productBytes(products), HeadProducts.keptBytes(products) + row);
    }

    void run(long task, MemorySegment slot) {
      AttentionShape shape = cells.shape();
      int block = (int) (task % cells.blocks());
      int head = (int) (task / cells.blocks() % shape.heads());
      long sequence = task / cells.blocks() / shape.heads();
      int from = block * cells.blockRows();
      int rows = Math.min(cells.blockRows(), shape.queries() - from);
      int seen = shape.seen(from + rows - 1);
      Blas.Block query = cells.head(cells.queries(), sequence, head, from);
      Blas.Block keys = cells.head(cells.keys(), sequence, head, 0);
      Blas.Block values = cells.valueHead(cells.values(), sequence, head, 0);
      Blas.Block result = cells.valueHead(out, sequence, head, from);
      MemorySegment panels = slot.asSlice(0, cells.productBytes(products));
      HeadProducts factors = new HeadProducts(products, panels);
      long kept = HeadProducts.keptBytes(products);
      MemorySegment powers = slot.asSlice(kept, firstScore() - kept);
      MemorySegment scores = slot.asSlice(firstScore());
      Blas.Block weights = new Blas.Block(scores, 0, seen);
      factors.turned(rows, seen, shape.width(), query, keys, weights);
      double[] logarithms = new double[rows];
      ScoreRows code = new ScoreRows(out.precision(), shape, from, rows, seen);
      if (!ScoreRows.areThere()) {
        weigh(scores, seen, from, logarithms);
      } else if (!code.weigh(scores, powers, logarithms)) {
        factors.turned(rows, seen, shape.width(), query, keys, weights);
        weigh(scores, seen, from, logarithms);
      }
      long firstLogarithm = cells.logarithmAt(sequence, head, from);
      for (int row = 0; row < rows; row++) {
        logsum.set(0, firstLogarithm + (long) row * shape.heads(), logarithms[row]);
      }
      factors.plain(rows, shape.valueWidth(), seen, weights, values, result);
    }

    /** From scores to weights, row by row, in arrays. */
    private void weigh(MemorySegment scores, int cols, int from, double[] logarithms) {
      AttentionShape shape = cells.shape();
      CellBlocks blocks = new CellBlocks(out.precision(), cols);
      double[] x = new double[cols];
      double[] k = new double[cols];
      double[] weights = new double[cols];
      for (int row = 0; row < logarithms.length; row++) {
        int seen = shape.seen(from + row);
        long at = (long) row * cols;
        blocks.load(scores, at, x, 0, seen);
        for (int j = 0; j < seen; j++) {
          x[j] *= shape.scale();
        }
        double largest = LaneSums.largest(x, 0, seen);
        for (int j = 0; j < seen; j++) {
          x[j] -= largest;
        }
        ExponentialBlocks.exp(x, k, weights, seen);
        double sum = LaneSums.sum(weights, 0, seen);
        for (int j = 0; j < seen; j++) {
          weights[j] /= sum;
        }
        Arrays.fill(weights, seen, cols, 0);
        blocks.store(weights, 0, scores, at, cols);
        logarithms[row] = largest + Math.log(sum);
      }
    }
  }
}
