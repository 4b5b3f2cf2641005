package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
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
final class Attention implements Kernel {
  private final Parallel parallel;
  private final LazyBlas blas;
  private final Precision precision;

  /** Of matrices of that precision; passes without products of such cells. */
  Attention(Parallel parallel, LazyBlas blas, Precision precision) {
    this.parallel = parallel;
    this.blas = blas;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    CellProducts products = CellProducts.of(precision, blas.get());
    if (products == null) {
      return null;
    }
    AttentionCells cells = AttentionCells.of(operation, inputs, 0, 3, precision);
    AttentionShape shape = cells.shape();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(shape.result().rows(), shape.result().cols(), precision);
      DenseMatrix logsum =
          scratch.matrix(shape.logarithms().rows(), shape.logarithms().cols(), precision);
      long tasks = shape.sequences() * shape.heads() * cells.blocks();
      if (tasks > 0) {
        Step step = new Step(cells, out, logsum, products);
        Slots<MemorySegment> slots =
            Slots.ofCells(scratch, context, tasks, cells.scores(), precision);
        slots.forEach(
            parallel, context, tasks, (task, slot) -> step.run(task, slot, context.allocator()));
      }
      return new Operand[] {scratch.keep(out), scratch.keep(logsum)};
    }
  }

  /** Some queries of one head of one sequence. */
  private record Step(
      AttentionCells cells, DenseMatrix out, DenseMatrix logsum, CellProducts products) {

    void run(long task, MemorySegment slot, Allocator allocator) {
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
      Blas.Block scores = new Blas.Block(slot, 0, seen);
      products.gemm(false, true, rows, seen, shape.width(), query, keys, scores);
      long firstLogarithm = cells.logarithmAt(sequence, head, from);
      if (RowCode.pays(seen)) {
        try (Scratch scratch = new Scratch(allocator)) {
          weigh(
              slot,
              seen,
              from,
              rows,
              firstLogarithm,
              new RowShares(out.precision(), seen, scratch));
        }
      } else {
        weigh(slot, seen, from, rows, firstLogarithm);
      }
      products.gemm(false, false, rows, shape.valueWidth(), seen, scores, values, result);
    }

    /** From scores to weights, row by row. */
    private void weigh(
        MemorySegment scores, int cols, int from, int rows, long logarithmAt, RowShares shares) {
      AttentionShape shape = cells.shape();
      int bytes = products.bytes();
      for (int row = 0; row < rows; row++) {
        int seen = shape.seen(from + row);
        MemorySegment of = scores.asSlice((long) row * cols * bytes, (long) cols * bytes);
        shares.run(of, shape.scale(), of, seen);
        of.asSlice((long) seen * bytes).fill((byte) 0);
        logsum.set(0, logarithmAt + (long) row * shape.heads(), shares.logarithm());
      }
    }

    /** As the other, in arrays. */
    private void weigh(MemorySegment scores, int cols, int from, int rows, long logarithmAt) {
      AttentionShape shape = cells.shape();
      CellBlocks blocks = new CellBlocks(out.precision(), cols);
      double[] x = new double[cols];
      double[] k = new double[cols];
      double[] weights = new double[cols];
      for (int row = 0; row < rows; row++) {
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
        logsum.set(0, logarithmAt + (long) row * shape.heads(), largest + Math.log(sum));
      }
    }
  }
}
