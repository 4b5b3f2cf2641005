package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.operation.LayerResults;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code layer_norm} and its gradient: each row gets mean 0 and variance 1, then times gamma plus
 * beta, rows with a number for each column.
 */
final class LayerNormalisation {
  /** Tasks that add up gradients of gamma and beta, each for itself. */
  private static final int SUMS = 16;

  /** Numbers of a row in machine code. */
  private static final int NUMBERS = 4;

  private final Parallel parallel;
  private final Precision precision;

  /** Of matrices of that precision; computes in double in either. */
  LayerNormalisation(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  /** [out, cache_norm, cache_inv_var]. */
  Operand[] forward(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    double[] gamma = numbers(operation, inputs, 1, 1, x.cols());
    double[] beta = numbers(operation, inputs, 2, 1, x.cols());
    double epsilon = Arguments.hyperparameter(operation, inputs, 3);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), x.cols(), precision);
      DenseMatrix norm = scratch.matrix(x.rows(), x.cols(), precision);
      DenseMatrix inverse = scratch.matrix(x.rows(), 1, precision);
      if (RowCode.pays(x.cols())) {
        MemorySegment wideGamma = doubles(gamma, scratch);
        MemorySegment wideBeta = doubles(beta, scratch);
        parallel.forRange(
            context,
            x.rows(),
            RowsCode.taskRows(x),
            (from, to) -> {
              int most = RowsCode.rows(to - from, x.cols());
              RowsCode code = new RowsCode(precision, most, NUMBERS, 1);
              code.withColumns(1, wideGamma).withColumns(2, wideBeta);
              for (int i = 0; i < most; i++) {
                code.number(NUMBERS * i + 2, x.cols());
                code.number(NUMBERS * i + 3, epsilon);
              }
              CellBlocks scales = new CellBlocks(precision, most);
              RowsCode.Rows rows = RowsCode.Rows.of(x, out, norm);
              for (long row = from; row < to; row += most) {
                int count = (int) Math.min(most, to - row);
                code.run(CellFunction.LAYER_NORM, rows, row * x.cols(), count, x.cols());
                scales.store(code.totals(count), 0, inverse.segment(), row, count);
              }
            });
      } else {
        RowBlocks.of(parallel, context, x)
            .run(
                new DenseMatrix[] {x},
                new DenseMatrix[] {out, norm},
                0,
                (block, _) -> {
                  double[][] cells = block.cells();
                  int cols = block.cols();
                  for (int i = 0; i < block.rows(); i++) {
                    int at = i * cols;
                    double scale = normalise(cells[0], cells[2], at, cols, epsilon);
                    inverse.set(block.row() + i, 0, scale);
                    move(cells[2], cells[1], at, gamma, beta, cols);
                  }
                });
      }
      return scratch.keepAll(out, norm, inverse);
    }
  }

  private static MemorySegment doubles(double[] numbers, Scratch scratch) {
    MemorySegment cells = scratch.doubles(numbers.length);
    MemorySegment.copy(numbers, 0, cells, ValueLayout.JAVA_DOUBLE, 0, numbers.length);
    return cells;
  }

  /** Normalises one row; returns the inverse of its deviation. */
  private static double normalise(double[] x, double[] norm, int at, int cols, double epsilon) {
    double mean = LaneSums.sum(x, at, at + cols) / cols;
    double squares = LaneSums.squares(x, mean, at, at + cols);
    double scale = 1 / Math.sqrt(squares / cols + epsilon);
    for (int j = at; j < at + cols; j++) {
      norm[j] = (x[j] - mean) * scale;
    }
    return scale;
  }

  /** Gives one normalised row another deviation and mean in each column. */
  private static void move(
      double[] norm, double[] out, int at, double[] gamma, double[] beta, int cols) {
    for (int j = 0; j < cols; j++) {
      out[at + j] = norm[at + j] * gamma[j] + beta[j];
    }
  }

  /**
   * What the gradient of X is made of.
   *
   * @param norm normalised rows, of the shape of dout
   * @param inverse of each row's deviation
   * @param gamma a number for each column
   */
  private record Slopes(DenseMatrix dout, DenseMatrix norm, double[] inverse, double[] gamma) {
    int cols() {
      return gamma.length;
    }
  }

  /** [dX, dgamma, dbeta]. */
  Operand[] backward(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix dout = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix norm = Arguments.matrix(operation, inputs, 1, precision);
    LayerResults.requireEqual(operation, 1, norm.shape(), dout.shape());
    double[] inverse = numbers(operation, inputs, 2, dout.rows(), 1);
    double[] gamma = numbers(operation, inputs, 3, 1, dout.cols());
    Slopes slopes = new Slopes(dout, norm, inverse, gamma);
    int cols = slopes.cols();
    RowBlocks blocks = RowBlocks.of(parallel, context, dout, SUMS);
    double[][] sums = new double[blocks.tasks()][2 * cols];
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = scratch.matrix(dout.rows(), cols, precision);
      if (RowCode.pays(cols)) {
        gradientsInCode(slopes, dx, blocks.taskRows(), sums, context);
      } else {
        gradientsInJava(slopes, dx, blocks, sums);
      }
      double[] all = added(sums, 2 * cols);
      DenseMatrix dgamma = scratch.matrix(1, cols, precision);
      DenseMatrix dbeta = scratch.matrix(1, cols, precision);
      CellBlocks cells = new CellBlocks(precision, cols);
      cells.store(all, 0, dgamma.segment(), 0, cols);
      cells.store(all, cols, dbeta.segment(), 0, cols);
      return scratch.keepAll(dx, dgamma, dbeta);
    }
  }

  /**
   * Writes the gradient of X.
   *
   * @param taskRows rows of a task
   * @param sums of each task: those of the gradient of gamma, then of beta
   */
  private void gradientsInCode(
      Slopes slopes, DenseMatrix dx, long taskRows, double[][] sums, ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      MemorySegment gamma = doubles(slopes.gamma, scratch);
      parallel.forRange(
          context,
          dx.rows(),
          taskRows,
          (from, to) -> {
            try (Scratch own = new Scratch(context.allocator())) {
              gradients(slopes, gamma, dx, from, to, sums[(int) (from / taskRows)], own);
            }
          });
    }
  }

  /** Those of some rows. */
  private void gradients(
      Slopes slopes,
      MemorySegment gamma,
      DenseMatrix dx,
      long from,
      long to,
      double[] sums,
      Scratch scratch) {
    int cols = slopes.cols();
    MemorySegment both = doubles(sums, scratch);
    MemorySegment second = both.asSlice((long) Double.BYTES * cols);
    int most = RowsCode.rows(to - from, cols);
    RowsCode code = new RowsCode(precision, most, NUMBERS, 2);
    code.withColumns(2, gamma).withColumns(3, both).withColumns(4, second);
    code.withOutputColumns(1, both).withOutputColumns(2, second);
    DenseMatrix[] read = {slopes.dout, slopes.norm};
    RowsCode.Rows rows = new RowsCode.Rows(read, dx);
    for (long row = from; row < to; row += most) {
      int count = (int) Math.min(most, to - row);
      for (int i = 0; i < count; i++) {
        code.number(NUMBERS * i + 2, slopes.inverse[(int) row + i]);
        code.number(NUMBERS * i + 3, cols);
      }
      code.run(CellFunction.LAYER_NORM_SLOPES, rows, row * cols, count, cols);
    }
    MemorySegment.copy(both, ValueLayout.JAVA_DOUBLE, 0, sums, 0, 2 * cols);
  }

  /** As {@link #gradientsInCode}. */
  private static void gradientsInJava(
      Slopes slopes, DenseMatrix dx, RowBlocks blocks, double[][] sums) {
    blocks.run(
        new DenseMatrix[] {slopes.dout, slopes.norm},
        new DenseMatrix[] {dx},
        1,
        (block, task) -> {
          double[][] cells = block.cells();
          for (int i = 0; i < block.rows(); i++) {
            double scale = slopes.inverse[Math.toIntExact(block.row() + i)];
            gradient(cells, i * slopes.cols(), scale, slopes.gamma, sums[task], cells[3]);
          }
        });
  }

  /** Sums of all tasks, in their order. */
  private static double[] added(double[][] sums, int count) {
    double[] all = new double[count];
    for (double[] part : sums) {
      for (int j = 0; j < count; j++) {
        all[j] += part[j];
      }
    }
    return all;
  }

  /**
   * The gradient of one row, and what it adds to those of gamma and beta.
   *
   * @param cells of the block: dout, norm and what becomes dx
   * @param at where the row begins there
   * @param weighted scratch: a row
   */
  private static void gradient(
      double[][] cells, int at, double scale, double[] gamma, double[] sums, double[] weighted) {
    double[] dout = cells[0];
    double[] norm = cells[1];
    double[] dx = cells[2];
    int cols = gamma.length;
    for (int j = 0; j < cols; j++) {
      sums[j] += dout[at + j] * norm[at + j];
    }
    for (int j = 0; j < cols; j++) {
      sums[cols + j] += dout[at + j];
    }
    for (int j = 0; j < cols; j++) {
      weighted[j] = dout[at + j] * gamma[j];
    }
    double mean = LaneSums.sum(weighted, 0, cols) / cols;
    double slope = LaneSums.products(norm, at, 0, weighted, 0, cols) / cols;
    for (int j = 0; j < cols; j++) {
      dx[at + j] = scale * (weighted[j] - mean - norm[at + j] * slope);
    }
  }

  private double[] numbers(Operation operation, Operand[] inputs, int at, long rows, long cols) {
    DenseMatrix matrix = Arguments.matrix(operation, inputs, at, precision);
    if (matrix.rows() != rows || matrix.cols() != cols) {
      throw Arguments.wrongShape(operation, at, rows + "x" + cols, matrix);
    }
    double[] numbers = new double[Math.toIntExact(matrix.cells())];
    new CellBlocks(precision, numbers.length).load(matrix.segment(), 0, numbers, 0, numbers.length);
    return numbers;
  }
}
