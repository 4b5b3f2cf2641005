package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.RowExtremes;
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
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

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
    int chunks = Math.toIntExact(Parallel.chunks(count, CHUNK_CELLS));
    try (Scratch scratch = new Scratch(context.allocator())) {
      MemorySegment least = scratch.doubles(Math.max(1, chunks));
      MemorySegment most = scratch.doubles(Math.max(1, chunks));
      parallel.forRange(
          context,
          count,
          CHUNK_CELLS,
          (from, to) -> extremes(cells, from, to, least, most, from / CHUNK_CELLS));
      double smallest = chunks == 0 ? 0 : least.getAtIndex(CELL, 0);
      double largest = chunks == 0 ? 0 : most.getAtIndex(CELL, 0);
      for (int i = 1; i < chunks; i++) {
        // NaN where one of them is.
        smallest = Math.min(smallest, least.getAtIndex(CELL, i));
        largest = Math.max(largest, most.getAtIndex(CELL, i));
      }
      return orNull(smallest, largest);
    }
  }

  /** Writes the least and the largest of some cells, NaN where there is one among them. */
  private static void extremes(
      MemorySegment cells, long from, long to, MemorySegment least, MemorySegment most, long at) {
    if (CellFunction.areThere()) {
      long first = cells.address() + from * Double.BYTES;
      int count = (int) (to - from);
      boolean areNumbers =
          RowExtremes.LEAST.run(first, 1, count, least.address() + at * Double.BYTES)
              && RowExtremes.LARGEST.run(first, 1, count, most.address() + at * Double.BYTES);
      if (!areNumbers) {
        least.setAtIndex(CELL, at, Double.NaN);
      }
      return;
    }
    double smallest = cells.getAtIndex(CELL, from);
    double largest = smallest;
    for (long i = from + 1; i < to; i++) {
      smallest = Math.min(smallest, cells.getAtIndex(CELL, i));
      largest = Math.max(largest, cells.getAtIndex(CELL, i));
    }
    least.setAtIndex(CELL, at, smallest);
    most.setAtIndex(CELL, at, largest);
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
