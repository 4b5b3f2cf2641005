package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
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
  private final CellOperands more;

  /**
   * @param precision of the matrices
   */
  RowCode(Precision precision) {
    this.precision = precision;
    this.bytes = precision.bytesPerCell();
    this.more = new CellOperands();
  }

  /** Whether runs of so many cells are to be computed so. */
  static boolean pays(long cells) {
    return cells >= FEWEST_CELLS && CellFunction.areThere();
  }

  private boolean run(CellFunction function, MemorySegment x, MemorySegment out, long n) {
    return run(function, x.address(), out.address(), n);
  }

  private boolean run(CellFunction function, long x, long out, long n) {
    return function.run(precision, x, out, more, n);
  }

  /** The largest of n cells. */
  double largest(MemorySegment x, long n) {
    run(CellFunction.LARGEST, x, MemorySegment.NULL, n);
    return more.total(0);
  }

  /**
   * Powers e^(scale x - shift) of n cells.
   *
   * @param out of doubles, elsewhere
   * @return their sum; NaN where that has to be computed otherwise
   */
  double powers(MemorySegment x, double scale, double shift, MemorySegment out, long n) {
    more.withParameter(0, shift).withParameter(1, scale);
    return run(CellFunction.POWERS, x, out, n) ? more.total(0) : Double.NaN;
  }

  /** As the sum of {@link #powers} with a scale of 1, which go nowhere. */
  double powersAdded(MemorySegment x, double shift, long n) {
    more.withParameter(0, shift);
    return run(CellFunction.POWERS_ADDED, x, MemorySegment.NULL, n) ? more.total(0) : Double.NaN;
  }

  /** (x - shift) - log of n cells. */
  void logarithms(MemorySegment x, double shift, double log, MemorySegment out, long n) {
    more.withParameter(0, shift).withParameter(1, log);
    run(CellFunction.LOGARITHMS, x, out, n);
  }

  /** gradient shares - shares sum of n cells. */
  void slope(MemorySegment gradient, MemorySegment shares, double sum, MemorySegment out, long n) {
    more.withInput(1, shares.address()).withParameter(0, sum);
    run(CellFunction.SHARES_SLOPED, gradient, out, n);
  }

  /** The sum of y (log - (x - shift)) of n cells, where y is not 0. */
  double losses(MemorySegment x, double shift, double log, MemorySegment y, long n) {
    more.withParameter(0, shift).withParameter(1, log).withInput(1, y.address());
    run(CellFunction.LOSSES, x, MemorySegment.NULL, n);
    return more.total(0);
  }

  /** (powers share - y) factor of n doubles and cells. */
  void miss(
      MemorySegment powers,
      double share,
      MemorySegment y,
      double factor,
      MemorySegment out,
      long n) {
    more.withParameter(0, share).withParameter(1, factor).withInput(1, y.address());
    run(CellFunction.MISSED, powers, out, n);
  }

  /** doubles one other, of n doubles, as cells. */
  void scale(MemorySegment doubles, double one, double other, MemorySegment out, long n) {
    more.withParameter(0, one).withParameter(1, other);
    run(CellFunction.SCALED_TWICE, doubles, out, n);
  }

  /** n doubles divided by a number, as cells. */
  void divide(MemorySegment x, double by, MemorySegment out, long n) {
    more.withParameter(0, by);
    run(CellFunction.SHARES, x, out, n);
  }

  /** The sum of n cells anywhere. */
  double sum(MemorySegment x, long n) {
    run(CellFunction.SUM, x, MemorySegment.NULL, n);
    return more.total(0);
  }

  /** The sum of products of n cells. */
  double products(MemorySegment x, MemorySegment y, long n) {
    more.withParameter(0, 0).withInput(1, y.address());
    run(CellFunction.PRODUCTS, x, MemorySegment.NULL, n);
    return more.total(0);
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
      more.withInput(1 + i, x.address() + (at + i * step) * bytes)
          .withParameter(i, factors[of + i]);
    }
    run(CellFunction.THREE_ADDED, sums, sums, n);
  }

  /** Adds a product of a number and n cells, from {@code at} on, to doubles. */
  void add(MemorySegment sums, MemorySegment x, long at, double factor, long n) {
    more.withInput(1, x.address() + at * bytes).withParameter(0, factor);
    run(CellFunction.ADDED, sums, sums, n);
  }
}
