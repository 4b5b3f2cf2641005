package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.nn.ChannelSums.Code;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code batch_norm2d} and its gradient: each channel gets mean 0 and variance 1 over all images,
 * then times gamma plus beta. Variances divide by the number of cells (not one less).
 */
final class BatchNormalisation {
  private final Parallel parallel;
  private final Precision precision;

  /** Of images of that precision; computes in double in either. */
  BatchNormalisation(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  /**
   * [Y, ema_mean, ema_var, cache_mean, cache_inv_var]. In mode "train" mean and variance are those
   * of the images, and the moving averages move: {@code mu * old + (1 - mu) * new}. In mode "test"
   * the moving averages serve as mean and variance, and stay.
   */
  Operand[] forward(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    double[] gamma = channels(operation, inputs, 1, x);
    int count = gamma.length;
    double[] beta = sameLength(operation, inputs, 2, count);
    double[] averageMean = sameLength(operation, inputs, 3, count);
    double[] averageVariance = sameLength(operation, inputs, 4, count);
    boolean training = isTraining(operation, Arguments.text(operation, inputs, 5));
    double epsilon = Arguments.hyperparameter(operation, inputs, 6);
    double mu = Arguments.hyperparameter(operation, inputs, 7);
    long cells = x.cols() / count;
    ChannelSums sums = new ChannelSums(parallel, context, precision, x.rows(), count, cells);
    double[] mean = averageMean;
    double[] variance = averageVariance;
    if (training) {
      mean = divided(sum(sums, x), x.rows() * cells);
      double[] centre = mean;
      variance =
          divided(
              sums.sums(
                      1,
                      (c, images, from, to, sum, first) ->
                          sum[first] += LaneSums.squares(images[0], centre[c], from, to),
                      new Code(CellFunction.SQUARES, new double[][] {centre}, x))[0],
              x.rows() * cells);
      averageMean = moved(averageMean, mean, mu);
      averageVariance = moved(averageVariance, variance, mu);
    }
    double[] inverse = inverseDeviations(variance, epsilon);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix y = scratch.matrix(x.rows(), x.cols(), precision);
      double[] centre = mean;
      sums.map(
          (c, images, out, from, to) ->
              normalise(images[0], out, from, to, centre[c], inverse[c], gamma[c], beta[c]),
          new Code(CellFunction.STANDARDISED, new double[][] {centre, inverse, gamma, beta}, x),
          y);
      return scratch.keepAll(
          y,
          column(scratch, averageMean),
          column(scratch, averageVariance),
          column(scratch, mean),
          column(scratch, inverse));
    }
  }

  /**
   * [dX, dgamma, dbeta] of mode "train". With z = x - mean and v = cache_inv_var, dgamma sums dout
   * z v, and dX = gamma v (dout - mean(dout) - v^2 mean(dout z) (z - mean(z))), means over a
   * channel.
   */
  Operand[] backward(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    DenseMatrix dout = Arguments.matrix(operation, inputs, 1, precision);
    if (!dout.shape().equals(x.shape())) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs 'dout' of the input's shape "
              + x.shape()
              + ", but got "
              + dout.shape());
    }
    double[] gamma = channels(operation, inputs, 2, x);
    int count = gamma.length;
    Arguments.hyperparameter(operation, inputs, 3);
    double[] mean = sameLength(operation, inputs, 4, count);
    double[] inverse = sameLength(operation, inputs, 5, count);
    long cells = x.cols() / count;
    long all = x.rows() * cells;
    ChannelSums sums = new ChannelSums(parallel, context, precision, x.rows(), count, cells);
    double[][] moments =
        sums.sums(
            3,
            (c, images, from, to, sum, first) -> addMoments(images, mean[c], from, to, sum, first),
            new Code(CellFunction.MOMENTS, new double[][] {mean}, x, dout));
    double[] offset = moments[0];
    double[] product = moments[1];
    double[] total = moments[2];
    double[] dgamma = new double[count];
    for (int c = 0; c < count; c++) {
      dgamma[c] = product[c] * inverse[c];
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix dx = scratch.matrix(x.rows(), x.cols(), precision);
      double[] centre = divided(offset, all);
      double[] average = divided(total.clone(), all);
      double[] slope = divided(product, all);
      double[] factor = new double[count];
      for (int c = 0; c < count; c++) {
        slope[c] *= inverse[c] * inverse[c];
        factor[c] = gamma[c] * inverse[c];
      }
      sums.map(
          (c, images, out, from, to) ->
              derive(images, out, from, to, centre[c], slope[c], average[c], factor[c]),
          new Code(CellFunction.SLOPED, new double[][] {centre, slope, average, factor}, x, dout),
          dx);
      return scratch.keepAll(dx, column(scratch, dgamma), column(scratch, total));
    }
  }

  private static boolean isTraining(Operation operation, String mode) {
    return switch (mode) {
      case "train" -> true;
      case "test" -> false;
      default ->
          throw new OperandException(
              "'"
                  + operation.name()
                  + "' knows the modes \"train\" and \"test\", but got \""
                  + mode
                  + "\"");
    };
  }

  /** One number per channel, which divides the columns of the input evenly. */
  private double[] channels(Operation operation, Operand[] inputs, int at, DenseMatrix input) {
    double[] numbers = vector(operation, inputs, at);
    if (numbers.length == 0 || input.cols() % numbers.length != 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs one number per channel in '"
              + operation.opcode().parameters().get(at).name()
              + "', and as many columns of the input for each of them, but got "
              + numbers.length
              + " numbers for an input of shape "
              + input.shape());
    }
    return numbers;
  }

  private double[] sameLength(Operation operation, Operand[] inputs, int at, int count) {
    double[] numbers = vector(operation, inputs, at);
    if (numbers.length != count) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs one number for each of "
              + count
              + " channels in '"
              + operation.opcode().parameters().get(at).name()
              + "', but got "
              + numbers.length);
    }
    return numbers;
  }

  /** The cells of a column, or of a row. */
  private double[] vector(Operation operation, Operand[] inputs, int at) {
    DenseMatrix matrix = Arguments.matrix(operation, inputs, at, precision);
    if (matrix.rows() != 1 && matrix.cols() != 1) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs a column with one number per channel as '"
              + operation.opcode().parameters().get(at).name()
              + "', but got a matrix of shape "
              + matrix.shape());
    }
    double[] cells = new double[Math.toIntExact(matrix.cells())];
    new CellBlocks(precision, cells.length).load(matrix.segment(), 0, cells, 0, cells.length);
    return cells;
  }

  private DenseMatrix column(Scratch scratch, double[] numbers) {
    DenseMatrix column = scratch.matrix(numbers.length, 1, precision);
    new CellBlocks(precision, numbers.length)
        .store(numbers, 0, column.segment(), 0, numbers.length);
    return column;
  }

  private static double[] divided(double[] sums, long count) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= count;
    }
    return sums;
  }

  private static double[] moved(double[] old, double[] current, double mu) {
    double[] moved = new double[old.length];
    for (int i = 0; i < old.length; i++) {
      moved[i] = mu * old[i] + (1 - mu) * current[i];
    }
    return moved;
  }

  private static double[] inverseDeviations(double[] variance, double epsilon) {
    double[] inverse = new double[variance.length];
    for (int i = 0; i < variance.length; i++) {
      inverse[i] = 1 / Math.sqrt(variance[i] + epsilon);
    }
    return inverse;
  }

  private static double[] sum(ChannelSums sums, DenseMatrix matrix) {
    return sums.sums(
            1,
            (_, images, from, to, sum, first) -> sum[first] += LaneSums.sum(images[0], from, to),
            new Code(CellFunction.SUM, new double[0][], matrix))[0];
  }

  /** As {@link CellFunction#MOMENTS}, of the arrays of x and dout. */
  private static void addMoments(
      double[][] images, double centre, int from, int to, double[] sums, int first) {
    double[] x = images[0];
    double[] dout = images[1];
    sums[first] += LaneSums.sum(x, from, to);
    sums[first + 1] += LaneSums.products(x, from, centre, dout, from, to - from);
    sums[first + 2] += LaneSums.sum(dout, from, to);
  }

  private static void normalise(
      double[] x,
      double[] y,
      int from,
      int to,
      double centre,
      double factor,
      double gamma,
      double beta) {
    for (int i = from; i < to; i++) {
      y[i] = (x[i] - centre) * factor * gamma + beta;
    }
  }

  private static void derive(
      double[][] images,
      double[] dx,
      int from,
      int to,
      double centre,
      double slope,
      double average,
      double factor) {
    double[] x = images[0];
    double[] dout = images[1];
    for (int i = from; i < to; i++) {
      dx[i] = factor * (dout[i] - average - slope * (x[i] - centre));
    }
  }
}
