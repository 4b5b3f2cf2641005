package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;

/**
 * Goes through the rows of matrices of one shape and precision in blocks that lie in the nearest
 * cache: brought to doubles in arrays, which the compiler makes vector code over, worked on,
 * brought back, rounded in fp32.
 *
 * @param precision of the matrices
 * @param rows of the matrices
 * @param cols of the matrices, at least 1
 * @param mostTasks how many tasks there may be, each with results of its own that are added up
 */
record RowBlocks(
    Parallel parallel,
    ExecutionContext context,
    Precision precision,
    long rows,
    int cols,
    int mostTasks) {
  private static final int BLOCK_CELLS = 2048;
  private static final int TASK_CELLS = 1 << 14;

  /** Arrays of one task, each of a block's cells, and the scratch that it may use besides. */
  record Block(long row, int rows, int cols, double[][] cells) {
    int count() {
      return rows * cols;
    }
  }

  /** Works on one block; what belongs to a task is numbered from 0. */
  @FunctionalInterface
  interface Body {
    void run(Block block, int task);
  }

  static RowBlocks of(Parallel parallel, ExecutionContext context, DenseMatrix matrix) {
    return of(parallel, context, matrix, Integer.MAX_VALUE);
  }

  static RowBlocks of(
      Parallel parallel, ExecutionContext context, DenseMatrix matrix, int mostTasks) {
    int cols = Math.toIntExact(matrix.cols());
    return new RowBlocks(parallel, context, matrix.precision(), matrix.rows(), cols, mostTasks);
  }

  /** All cells as rows of single cells, where rows mean nothing. */
  static RowBlocks ofCells(Parallel parallel, ExecutionContext context, DenseMatrix matrix) {
    return new RowBlocks(
        parallel, context, matrix.precision(), matrix.cells(), 1, Integer.MAX_VALUE);
  }

  private int blockRows() {
    return Math.max(1, BLOCK_CELLS / Math.max(1, cols));
  }

  /** Rows of a task: a matter of the shape alone. */
  long taskRows() {
    int block = blockRows();
    long usual = (long) block * Math.max(1, TASK_CELLS / (block * (long) Math.max(1, cols)));
    return Math.max(usual, Parallel.chunks(rows, mostTasks));
  }

  /** How many tasks there are: a matter of the shape alone. */
  int tasks() {
    return Math.toIntExact(Parallel.chunks(rows, taskRows()));
  }

  /**
   * Runs the body over all blocks.
   *
   * @param inputs whose cells are in the first arrays
   * @param outputs that are written from the arrays behind these
   * @param scratch how many arrays more there are
   */
  void run(DenseMatrix[] inputs, DenseMatrix[] outputs, int scratch, Body body) {
    if (rows == 0 || cols == 0) {
      return;
    }
    parallel.forRange(
        context,
        rows,
        taskRows(),
        (from, to) -> {
          int most = (int) Math.min(blockRows(), to - from);
          double[][] cells = new double[inputs.length + outputs.length + scratch][most * cols];
          CellBlocks blocks = new CellBlocks(precision, most * cols);
          int task = (int) (from / taskRows());
          for (long row = from; row < to; row += most) {
            Block block = new Block(row, (int) Math.min(most, to - row), cols, cells);
            for (int i = 0; i < inputs.length; i++) {
              blocks.load(inputs[i].segment(), row * cols, cells[i], 0, block.count());
            }
            body.run(block, task);
            for (int i = 0; i < outputs.length; i++) {
              double[] out = cells[inputs.length + i];
              blocks.store(out, 0, outputs[i].segment(), row * cols, block.count());
            }
          }
        });
  }
}
