package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelRows;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.cpu.code.RowGroups;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of a large matrix and a few rows, as those of the layers of a network and small batches:
 * C = op(A) op(B), by {@link PanelSums}, of
 *
 * <ul>
 *   <li>few rows of C (outputs of a layer): {@code A %*% B}, by blocks of a few rows of B, which
 *       are read as they lie in memory and added to what C holds,
 *   <li>few terms of each sum (gradients of its weights): {@code t(A) %*% B}, written once,
 *   <li>few rows of C and a transposed B (gradients of its inputs): {@code A %*% t(B)}, by rows of
 *       B, with A turned into panels.
 * </ul>
 *
 * <p>A general product packs the large matrix first, which is read from memory, written and read
 * again for a few multiplications with each cell, and fills C with zeros that it then adds to. Of
 * its time this takes 0.36 to 0.72 for 8 rows and floats, weights of 3136 x 512, two threads of an
 * AMD EPYC; 0.67 to 0.83 for 32 (docs/training-speed.md).
 *
 * <p>Which products are computed so follows from shapes and the machine; the terms of a sum are
 * added in blocks whose bounds follow from their number, so its bits depend on nothing else.
 */
final class PanelProduct {
  /** How few terms, or rows of C with a transposed B; with more of them packing pays. */
  private static final long FEW_LONG = 32;

  /** Bytes of B that stay in the second cache while rows of C go by. */
  private static final long NEAR_BYTES = 1 << 18;

  /** Multiplications below which a call of BLAS takes no longer. */
  private static final long LEAST_WORK = 1 << 16;

  /** Multiplications of a task, at least: some 15 microseconds. */
  private static final long TASK_WORK = 1 << 18;

  /**
   * Panels of a task that cuts the rows of B: 512 bytes of a row that lie together, and 1024 where
   * there are several tasks then. The shorter they are, the longer reading takes.
   */
  private static final long LEAST_PANELS = 8;

  /** Terms that are added in registers one after the other; more lose digits of floats. */
  private static final long BLOCK_TERMS = 256;

  /** Rows of B whose sums are computed before they are written to C: a multiple of MOST_ROWS. */
  private static final int TURNED_ROWS = 48;

  private final Parallel parallel;
  private final Precision precision;
  private final int bytes;
  private final int lanes;

  PanelProduct(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
    this.bytes = precision.bytesPerCell();
    this.lanes = PanelSums.PANEL_BYTES / bytes;
  }

  /**
   * Whether a product is computed so.
   *
   * @param m rows of the product
   * @param n its columns
   * @param k terms of a sum
   * @param tb whether B is given as its transpose
   */
  boolean fits(long m, long n, long k, boolean tb) {
    boolean isNear = k <= FEW_LONG && n * k * bytes <= NEAR_BYTES;
    boolean narrow = tb ? m <= FEW_LONG && k >= lanes : n % lanes == 0 && (m <= few() || isNear);
    return narrow
        && Math.multiplyHigh(m * n, k) == 0
        && m * n * k >= LEAST_WORK
        && PanelSums.find(precision) != null;
  }

  /** How few rows of C. */
  private int few() {
    return PanelRows.blockTerms(precision);
  }

  /** In what order the terms of a sum are added. */
  TermOrder order(long k, boolean tb) {
    return TermOrder.of(k, tb ? BLOCK_TERMS : PanelRows.blockTerms(precision));
  }

  /** Writes all cells of C. The operands are of the precision of this. */
  void multiply(Factors factors, DenseMatrix c, ExecutionContext context) {
    if (factors.tb()) {
      multiplyTurned(factors, c, context);
    } else {
      multiplyPlain(factors, c, context);
    }
  }

  /** Rows and panels of C, from the first to before the last. */
  private record Part(long row, long rowEnd, long panel, long panelEnd) {}

  private void multiplyPlain(Factors factors, DenseMatrix c, ExecutionContext context) {
    long rows = c.rows();
    long panels = c.cols() / lanes;
    if (rows <= few()) {
      long together = Math.clamp(panels / 2, LEAST_PANELS, 2 * LEAST_PANELS);
      long chunk = Math.max(together, Tiling.pieces(TASK_WORK, rows * factors.terms() * lanes));
      parallel.forRange(
          context,
          panels,
          chunk,
          (from, to) -> multiply(factors, c, new Part(0, rows, from, to), context));
    } else {
      int most = PanelSums.MOST_ROWS;
      long chunk = Tiling.pieces(TASK_WORK, most * c.cols() * factors.terms());
      parallel.forRange(
          context,
          Tiling.pieces(rows, most),
          chunk,
          (from, to) ->
              multiply(
                  factors,
                  c,
                  new Part(from * most, Math.min(to * most, rows), 0, panels),
                  context));
    }
  }

  private void multiply(Factors factors, DenseMatrix c, Part part, ExecutionContext context) {
    DenseMatrix a = factors.a();
    long left = a.cols() * bytes;
    long width = c.cols() * bytes;
    long column = part.panel * PanelSums.PANEL_BYTES;
    long rowStep = factors.ta() ? bytes : left;
    try (Scratch scratch = new Scratch(context.allocator())) {
      new PanelRows(precision, scratch.bytes(PanelSums.ARGUMENT_BYTES))
          .multiply(
              part.rowEnd - part.row,
              factors.terms(),
              part.panelEnd - part.panel,
              new PanelRows.Rows(a.segment(), part.row * rowStep, rowStep),
              factors.ta() ? left : bytes,
              new PanelRows.Rows(factors.b().segment(), column, width),
              new PanelRows.Rows(c.segment(), part.row * width + column, width),
              false);
    }
  }

  private PanelSums.Arguments arguments(Scratch scratch) {
    return new PanelSums.Arguments(scratch.bytes(PanelSums.ARGUMENT_BYTES))
        .direction(0, 1, 0, 0)
        .direction(1, 1, 0, 0);
  }

  /** C = op(A) t(B), with op(A) as panels of k rows. */
  private record Turned(MemorySegment panels, DenseMatrix b, long k, DenseMatrix c) {}

  private void multiplyTurned(Factors factors, DenseMatrix c, ExecutionContext context) {
    DenseMatrix b = factors.b();
    long k = factors.terms();
    long count = Tiling.pieces(c.rows(), lanes);
    try (Scratch scratch = new Scratch(context.allocator())) {
      MemorySegment panels = scratch.bytes(count * k * PanelSums.PANEL_BYTES);
      turn(factors.a(), factors.ta(), (int) c.rows(), Math.toIntExact(k), panels);
      Turned product = new Turned(panels, b, k, c);
      long blocks = Tiling.pieces(b.rows(), TURNED_ROWS);
      long chunk = Tiling.pieces(TASK_WORK, TURNED_ROWS * c.rows() * k);
      parallel.forRange(
          context,
          blocks,
          chunk,
          (from, to) -> {
            try (Scratch own = new Scratch(context.allocator())) {
              PanelSums.Arguments arguments = arguments(own).rows(k * bytes, PanelSums.PANEL_BYTES);
              MemorySegment outputs = own.bytes(TURNED_ROWS * PanelSums.PANEL_BYTES);
              for (long row = from * TURNED_ROWS; row < to * TURNED_ROWS; row += TURNED_ROWS) {
                int rows = (int) Math.min(TURNED_ROWS, b.rows() - row);
                for (int panel = 0; panel < count; panel++) {
                  sum(product, row, rows, panel, outputs, arguments);
                  write(outputs, rows, c, panel * lanes, row);
                }
              }
            }
          });
    }
  }

  /** The sums of some rows of B and a panel of A, a row of a panel for each row of B. */
  private void sum(
      Turned product,
      long firstRow,
      int rows,
      int panel,
      MemorySegment outputs,
      PanelSums.Arguments arguments) {
    PanelSums sums = PanelSums.find(precision);
    long k = product.k;
    for (long term = 0; term < k; term += BLOCK_TERMS) {
      int terms = (int) Math.min(BLOCK_TERMS, k - term);
      arguments
          .adds(term > 0)
          .innermost(terms, bytes, bytes)
          .at(
              product.b.segment(),
              (firstRow * k + term) * bytes,
              product.panels,
              (panel * k + term) * PanelSums.PANEL_BYTES,
              outputs,
              0);
      sums.runGroups(RowGroups.of(rows), arguments);
    }
  }

  /** Brings op(A) to panels of its rows; what fills up the last one is summed and not written. */
  private void turn(DenseMatrix a, boolean ta, int rows, int k, MemorySegment to) {
    PanelPacking packing = PanelPacking.find(precision);
    long from = a.segment().address();
    for (int row = 0; row < rows; row += lanes) {
      int there = Math.min(lanes, rows - row);
      long into = to.address() + (long) row / lanes * k * PanelSums.PANEL_BYTES;
      if (ta) {
        packing.rows(from + (long) row * bytes, (long) rows * bytes, there, k, into);
      } else {
        packing.columns(from + (long) row * k * bytes, (long) k * bytes, there, k, into);
      }
    }
  }

  /** Writes what was summed for some rows of B to as many columns of C. */
  private void write(MemorySegment outputs, int rows, DenseMatrix c, int firstRow, long column) {
    int count = (int) Math.min(lanes, c.rows() - firstRow);
    long first = firstRow * c.cols() + column;
    if (rows >= PanelPacking.leastColumns(precision)) {
      long into = c.segment().address() + first * bytes;
      PanelPacking.find(precision).planes(outputs.address(), count, rows, into, c.cols() * bytes);
    } else {
      writeFew(outputs, rows, count, c, first);
    }
  }

  private void writeFew(MemorySegment outputs, int rows, int count, DenseMatrix c, long first) {
    for (int lane = 0; lane < count; lane++) {
      for (int row = 0; row < rows; row++) {
        long from = (long) row * lanes + lane;
        long at = first + lane * c.cols() + row;
        if (precision == Precision.FP64) {
          double cell = outputs.getAtIndex(ValueLayout.JAVA_DOUBLE, from);
          c.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, cell);
        } else {
          float cell = outputs.getAtIndex(ValueLayout.JAVA_FLOAT, from);
          c.segment().setAtIndex(ValueLayout.JAVA_FLOAT, at, cell);
        }
      }
    }
  }
}
