package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Two finite numbers that all cells of a matrix lie between. Where these are not known there are
 * none: null stands for that.
 */
record CellBounds(double least, double most) {
  /** What the error of a sum of products, or of a function, is well below: a part of the result. */
  private static final double SLACK = 1e-3;

  /** Numbers below that may have lost digits. */
  private static final double SMALLEST = 1e-290;

  private static final long CHUNK_CELLS = 1 << 15;
  private static final ValueLayout.OfLong BITS = ValueLayout.JAVA_LONG;

  /** The bounds if both are finite numbers; else null. */
  static CellBounds orNull(double least, double most) {
    return Double.isFinite(least) && Double.isFinite(most) ? new CellBounds(least, most) : null;
  }

  /** Those of one number; null where it is none that is finite. */
  static CellBounds of(double number) {
    return orNull(number, number);
  }

  /** Those of all cells; null where some are not finite. A look at each cell. */
  static CellBounds of(DenseMatrix matrix, Parallel parallel, ExecutionContext context) {
    return of(matrix.segment(), matrix.cells(), parallel, context);
  }

  /** As the other; zeros that are not stored are cells, too. */
  static CellBounds of(SparseMatrix matrix, Parallel parallel, ExecutionContext context) {
    MemorySegment values = matrix.segment().asSlice(matrix.valuesAt());
    CellBounds stored = of(values, matrix.nonZeros(), parallel, context);
    return stored == null ? null : stored.with(of(0));
  }

  private static CellBounds of(
      MemorySegment cells, long count, Parallel parallel, ExecutionContext context) {
    Range[] ranges = new Range[Math.toIntExact(Parallel.chunks(count, CHUNK_CELLS))];
    parallel.forRange(
        context,
        count,
        CHUNK_CELLS,
        (from, to) -> ranges[(int) (from / CHUNK_CELLS)] = Range.of(cells, from, to));
    Range all = Range.NONE;
    for (Range range : ranges) {
      all = all.with(range);
    }
    return all.bounds();
  }

  /**
   * The least and the largest of cells without their signs, as bits, which have the order of the
   * numbers (those of NaN come last), and whether some have one. What compares doubles makes one
   * cell wait for the other.
   */
  private record Range(long least, long most, boolean hasSign) {
    static final Range NONE = new Range(Long.MAX_VALUE, 0, false);

    static Range of(MemorySegment cells, long from, long to) {
      long least = Long.MAX_VALUE;
      long most = 0;
      long signs = 0;
      for (long at = from; at < to; at++) {
        long bits = cells.getAtIndex(BITS, at);
        signs |= bits;
        least = Math.min(least, bits & Long.MAX_VALUE);
        most = Math.max(most, bits & Long.MAX_VALUE);
      }
      return new Range(least, most, signs < 0);
    }

    Range with(Range other) {
      return new Range(
          Math.min(least, other.least), Math.max(most, other.most), hasSign || other.hasSign);
    }

    CellBounds bounds() {
      double largest = Double.longBitsToDouble(most);
      boolean isEmpty = least > most;
      return isEmpty || hasSign
          ? orNull(-largest, largest)
          : orNull(Double.longBitsToDouble(least), largest);
    }
  }

  /**
   * Those of the cells of a product, in whatever order its terms are added: each addition and
   * multiplication errs by a part of 2^-53.
   */
  static CellBounds ofProduct(CellBounds a, CellBounds b, long terms) {
    if (a == null || b == null || terms > 1L << 40) {
      return null;
    }
    double largest = a.largest() * b.largest() * terms * (1 + SLACK);
    if (a.least < 0 || b.least < 0) {
      return orNull(-largest, largest);
    }
    return orNull(cut(a.least * b.least * terms * (1 - SLACK)), largest);
  }

  /** A lower bound of what is not negative, where it may have lost digits. */
  private static double cut(double least) {
    return least < SMALLEST ? 0 : least;
  }

  double largest() {
    return Math.max(Math.abs(least), Math.abs(most));
  }

  /** Whether no cell is zero. */
  boolean excludeZero() {
    return least > 0 || most < 0;
  }

  /** Of both. */
  CellBounds with(CellBounds other) {
    return new CellBounds(Math.min(least, other.least), Math.max(most, other.most));
  }

  /** Those between which a function that errs by less than {@link #SLACK} may put its results. */
  CellBounds widened() {
    return orNull(
        least > 0 ? cut(least * (1 - SLACK)) : least * (1 + SLACK) - SLACK,
        most < 0 ? -cut(-most * (1 - SLACK)) : most * (1 + SLACK) + SLACK);
  }
}
