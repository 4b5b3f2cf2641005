package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import java.lang.foreign.MemorySegment;

/**
 * Runs of cells of matrices through {@link CellFunction}s, where they lie: those of rows, or of
 * channels. Belongs to one task; sums have the bits of {@link LaneSums}.
 */
final class RowCode {
  /** Runs of fewer cells take less time in arrays than calls take. */
  private static final int FEWEST_CELLS = 32;

  private final Precision precision;
  private final int bytes;
  private final CellFunction.Operands more;

  /**
   * @param precision of the matrices
   * @param scratch of the task
   */
  RowCode(Precision precision, Scratch scratch) {
    this.precision = precision;
    this.bytes = precision.bytesPerCell();
    this.more = new CellFunction.Operands(scratch.bytes(CellFunction.MORE_BYTES));
  }

  /** Whether runs of so many cells are to be computed so. */
  static boolean pays(long cells) {
    return cells >= FEWEST_CELLS && CellFunction.areThere();
  }

  private long cells(DenseMatrix matrix, long at) {
    return matrix.segment().address() + at * bytes;
  }

  private boolean run(CellFunction function, MemorySegment x, MemorySegment out, long n) {
    return run(function, x.address(), out.address(), n);
  }

  private boolean run(CellFunction function, long x, long out, long n) {
    return function.run(precision, x, out, more.memory(), n);
  }

  /** The sum of n cells. */
  double sum(DenseMatrix x, long at, long n) {
    more.withTotal(0, 0);
    run(CellFunction.SUM, cells(x, at), 0, n);
    return more.sum(0);
  }

  /** The sum of squares of n cells less a number. */
  double squares(DenseMatrix x, long at, double centre, long n) {
    more.withTotal(0, 0).withParameter(0, centre);
    run(CellFunction.SQUARES, cells(x, at), 0, n);
    return more.sum(0);
  }

  /** The sum of products of n cells of x, less a number, and those of y at the same place. */
  double products(DenseMatrix x, double centre, DenseMatrix y, long at, long n) {
    more.withTotal(0, 0).withParameter(0, centre).withInput(1, y.segment(), at * bytes);
    run(CellFunction.PRODUCTS, cells(x, at), 0, n);
    return more.sum(0);
  }

  /** The largest of n cells. */
  double largest(MemorySegment x, long n) {
    more.withTotal(0, Double.NEGATIVE_INFINITY);
    run(CellFunction.LARGEST, x, MemorySegment.NULL, n);
    return more.largest(0);
  }

  /**
   * Powers e^(scale x - shift) of n cells.
   *
   * @param out of doubles, elsewhere
   * @return their sum; NaN where that has to be computed otherwise
   */
  double powers(MemorySegment x, double scale, double shift, MemorySegment out, long n) {
    more.withTotal(0, 0).withParameter(0, shift).withParameter(1, scale);
    return run(CellFunction.POWERS, x, out, n) ? more.sum(0) : Double.NaN;
  }

  /** As the sum of {@link #powers} with a scale of 1, which go nowhere. */
  double powersAdded(MemorySegment x, double shift, long n) {
    more.withTotal(0, 0).withParameter(0, shift);
    return run(CellFunction.POWERS_ADDED, x, MemorySegment.NULL, n) ? more.sum(0) : Double.NaN;
  }

  /** (x - shift) - log of n cells. */
  void logarithms(MemorySegment x, double shift, double log, MemorySegment out, long n) {
    more.withParameter(0, shift).withParameter(1, log);
    run(CellFunction.LOGARITHMS, x, out, n);
  }

  /** gradient shares - shares sum of n cells. */
  void slope(MemorySegment gradient, MemorySegment shares, double sum, MemorySegment out, long n) {
    more.withInput(1, shares, 0).withParameter(0, sum);
    run(CellFunction.SHARES_SLOPED, gradient, out, n);
  }

  /** The sum of y (log - (x - shift)) of n cells, where y is not 0. */
  double losses(MemorySegment x, double shift, double log, MemorySegment y, long n) {
    more.withTotal(0, 0).withParameter(0, shift).withParameter(1, log).withInput(1, y, 0);
    run(CellFunction.LOSSES, x, MemorySegment.NULL, n);
    return more.sum(0);
  }

  /** (powers share - y) factor of n doubles and cells. */
  void miss(
      MemorySegment powers,
      double share,
      MemorySegment y,
      double factor,
      MemorySegment out,
      long n) {
    more.withParameter(0, share).withParameter(1, factor).withInput(1, y, 0);
    run(CellFunction.MISSED, powers, out, n);
  }

  /** doubles one other, of n doubles, as cells. */
  void scale(MemorySegment doubles, double one, double other, MemorySegment out, long n) {
    more.withParameter(0, one).withParameter(1, other);
    run(CellFunction.SCALED_TWICE, doubles, out, n);
  }

  /** Writes n cells of one number. */
  void fill(double number, DenseMatrix out, long at, long n) {
    more.withParameter(0, number);
    run(CellFunction.FILLED, 0, cells(out, at), n);
  }

  /** Adds the sums of n cells of x, of their products, less a number, with those of y, and of y. */
  void addMoments(
      DenseMatrix x, double centre, DenseMatrix y, long at, long n, double[] sums, int first) {
    more.withTotal(0, 0)
        .withTotal(1, 0)
        .withTotal(2, 0)
        .withParameter(0, centre)
        .withInput(1, y.segment(), at * bytes);
    run(CellFunction.MOMENTS, cells(x, at), 0, n);
    for (int i = 0; i < 3; i++) {
      sums[first + i] += more.sum(i);
    }
  }

  /** n doubles divided by a number, as cells. */
  void divide(MemorySegment x, double by, MemorySegment out, long n) {
    more.withParameter(0, by);
    run(CellFunction.SHARES, x, out, n);
  }

  /** (x - centre) factor gamma + beta of n cells at the same place. */
  void standardise(
      DenseMatrix x,
      double centre,
      double factor,
      double gamma,
      double beta,
      DenseMatrix y,
      long at,
      long n) {
    more.withParameter(0, centre)
        .withParameter(1, factor)
        .withParameter(2, gamma)
        .withParameter(3, beta);
    run(CellFunction.STANDARDISED, cells(x, at), cells(y, at), n);
  }

  /** factor (dout - average - slope (x - centre)) of n cells at the same place. */
  void derive(
      DenseMatrix x,
      double centre,
      double slope,
      DenseMatrix dout,
      double average,
      double factor,
      DenseMatrix dx,
      long at,
      long n) {
    more.withParameter(0, centre)
        .withParameter(1, slope)
        .withParameter(2, average)
        .withParameter(3, factor)
        .withInput(1, dout.segment(), at * bytes);
    run(CellFunction.SLOPED, cells(x, at), cells(dx, at), n);
  }

  /** The numbers of each column that {@link #normalise} takes: doubles. */
  void columns(MemorySegment gamma, MemorySegment beta) {
    more.withInput(1, gamma, 0).withInput(2, beta, 0);
  }

  /** (x - mean) scale and that times gamma plus beta, of n cells at the same place. */
  void normalise(
      DenseMatrix x,
      double mean,
      double scale,
      DenseMatrix out,
      DenseMatrix norm,
      long at,
      long n) {
    more.withParameter(0, mean).withParameter(1, scale).withOutput(1, norm.segment(), at * bytes);
    run(CellFunction.NORMALISED, cells(x, at), cells(out, at), n);
  }

  /** What {@link #weigh} adds to, of each column: sums of dout norm, and of dout. */
  record Sums(MemorySegment products, MemorySegment gradients) {}

  /** The sum of dout gamma, and of norm dout gamma. */
  record Weighted(double sum, double products) {}

  /** Adds n cells to the sums of columns. */
  Weighted weigh(
      DenseMatrix dout, DenseMatrix norm, MemorySegment gamma, Sums sums, long at, long n) {
    more.withInput(1, norm.segment(), at * bytes)
        .withInput(2, gamma, 0)
        .withInput(3, sums.products, 0)
        .withInput(4, sums.gradients, 0)
        .withOutput(1, sums.gradients, 0)
        .withTotal(0, 0)
        .withTotal(1, 0);
    run(CellFunction.WEIGHTED, cells(dout, at), sums.products.address(), n);
    return new Weighted(more.sum(0), more.sum(1));
  }

  /** scale (dout gamma - mean - norm slope) of n cells; after {@link #weigh} of the same ones. */
  void unweigh(
      DenseMatrix dout, double mean, double slope, double scale, DenseMatrix dx, long at, long n) {
    more.withParameter(0, mean).withParameter(1, slope).withParameter(2, scale);
    run(CellFunction.UNWEIGHTED, cells(dout, at), cells(dx, at), n);
  }

  /** The sum of n cells anywhere. */
  double sum(MemorySegment x, long n) {
    more.withTotal(0, 0);
    run(CellFunction.SUM, x, MemorySegment.NULL, n);
    return more.sum(0);
  }

  /** As {@link #products}, of cells anywhere. */
  double products(MemorySegment x, MemorySegment y, long n) {
    more.withTotal(0, 0).withParameter(0, 0).withInput(1, y, 0);
    run(CellFunction.PRODUCTS, x, MemorySegment.NULL, n);
    return more.sum(0);
  }

  /**
   * Adds three products of a number and n cells to doubles.
   *
   * @param x cells, of which the first factor's begin at {@code at}
   * @param step cells from there to those of the next factor
   */
  void addThree(
      MemorySegment sums, MemorySegment x, long at, long step, double[] factors, int of, long n) {
    for (int i = 0; i < 3; i++) {
      more.withInput(1 + i, x, (at + i * step) * bytes).withParameter(i, factors[of + i]);
    }
    run(CellFunction.THREE_ADDED, sums, sums, n);
  }

  /** Adds a product of a number and n cells, from {@code at} on, to doubles. */
  void add(MemorySegment sums, MemorySegment x, long at, double factor, long n) {
    more.withInput(1, x, at * bytes).withParameter(0, factor);
    run(CellFunction.ADDED, sums, sums, n);
  }

  /** Writes n doubles as cells. */
  void round(MemorySegment doubles, MemorySegment out, long n) {
    run(CellFunction.ROUNDED, doubles, out, n);
  }

  /** A function of one number, over n cells at the same place. */
  void apply(
      CellFunction function, double number, DenseMatrix x, DenseMatrix out, long at, long n) {
    more.withParameter(0, number);
    run(function, cells(x, at), cells(out, at), n);
  }
}
