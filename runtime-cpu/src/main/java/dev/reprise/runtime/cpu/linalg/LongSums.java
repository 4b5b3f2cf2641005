package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.cpu.code.RowGroups;
import java.lang.foreign.MemorySegment;

/**
 * C = t(A) B for two tall matrices of doubles and a B of few columns, by {@link PanelSums}, which
 * read both where they lie:
 *
 * <pre>
 *   rows of A and B, in up to 32 chunks    a task each, whose sums are added in their order
 *     blocks of rows                       stay in the second cache
 *       groups of 6 columns of A           sums in registers: a row of C for each
 * </pre>
 *
 * <p>A library packs both operands first, which takes longer than a few sums of each cell.
 *
 * <p>A panel is 64 bytes wide and may end behind its row, in cells whose sums are not stored. The
 * last rows, behind which there may be no memory, are copied and filled up with zeros. Chunks and
 * blocks follow from shapes alone.
 */
final class LongSums {
  private static final int LANES = PanelSums.PANEL_BYTES / Double.BYTES;

  /** Terms of a sum, at least, where cutting it pays. */
  static final long LEAST_TERMS = 1 << 12;

  /** Columns of A, at most, unless B has more than {@link #STREAMED_COLUMNS}. */
  private static final long FEW_ROWS = 32;

  /**
   * Columns of B, at most, with which {@link StreamedProduct} takes less time where A has more
   * columns, since it reads whole rows: 2.8 instead of 3.4 to 4.6 ms for 5 of them, and an A of
   * 100,000 x 100.
   */
  static final long STREAMED_COLUMNS = 16;

  /** Columns of B, at most: four panels. With more of them a library packs in less time. */
  private static final long MOST_COLUMNS = 4 * LANES;

  /** Columns of A, at most; with 1000 a library takes no longer. */
  private static final long MOST_ROWS = 1 << 8;

  private static final long MOST_CHUNKS = 32;
  private static final long LEAST_CHUNK = 1 << 11;

  /** Cells of a block of both operands: 256 KiB. */
  private static final long BLOCK_CELLS = 1 << 15;

  /** Blocks and chunks are multiples of this, so that all have one piece of code. */
  private static final long STEP = 256;

  /** Rows that are copied: 8 to 15 of them, filled up. */
  private static final int LAST_ROWS = 16;

  private final Parallel parallel;

  LongSums(Parallel parallel) {
    this.parallel = parallel;
  }

  /** Whether a product t(A) B is computed so: m x n of k terms each. */
  static boolean fits(long m, long n, long k) {
    return n >= 2
        && n <= MOST_COLUMNS
        && m >= 2
        && m <= (n > STREAMED_COLUMNS ? MOST_ROWS : FEW_ROWS)
        && k >= LEAST_TERMS
        && PanelSums.find(Precision.FP64) != null;
  }

  /** Writes all cells of C = t(A) B. */
  void multiply(
      DenseMatrix a, DenseMatrix b, DenseMatrix c, Scratch scratch, ExecutionContext context) {
    multiply(new Operands(a, b, false), c, scratch, context);
  }

  /** Writes the cells of C = t(A) A on and above the diagonal, and perhaps others. */
  void multiplySelf(DenseMatrix a, DenseMatrix c, Scratch scratch, ExecutionContext context) {
    multiply(new Operands(a, a, true), c, scratch, context);
  }

  private record Operands(DenseMatrix a, DenseMatrix b, boolean isSelf) {
    int rowBytesOfA() {
      return Math.toIntExact(a.cols() * Double.BYTES);
    }

    int rowBytesOfB() {
      return Math.toIntExact(b.cols() * Double.BYTES);
    }
  }

  private void multiply(
      Operands operands, DenseMatrix c, Scratch scratch, ExecutionContext context) {
    long k = operands.a.rows();
    long chunk = chunk(k);
    Partials partials = new Partials(c, Tiling.pieces(k, chunk), scratch);
    parallel.forRange(
        context,
        k,
        chunk,
        (from, to) -> {
          try (Scratch own = new Scratch(context.allocator())) {
            new Chunk(operands, partials.segment(from / chunk), own).add(from, to);
          }
        });
    partials.addUp(parallel, context);
  }

  private static long chunk(long k) {
    long chunks = Math.min(MOST_CHUNKS, k / LEAST_CHUNK);
    long chunk = Tiling.pieces(Tiling.pieces(k, chunks), STEP) * STEP;
    while (k % chunk != 0 && k % chunk < LANES) {
      // Behind the rows of a chunk there are as many cells as a panel has.
      chunk += STEP;
    }
    return chunk;
  }

  /** The sums of some rows. For one thread. */
  private static final class Chunk {
    private final Operands operands;
    private final MemorySegment c;
    private final Scratch scratch;
    private final PanelSums.Arguments arguments;
    private final long width;

    Chunk(Operands operands, MemorySegment c, Scratch scratch) {
      this.operands = operands;
      this.c = c;
      this.scratch = scratch;
      this.width = operands.b.cols();
      this.arguments =
          new PanelSums.Arguments(scratch.bytes(PanelSums.ARGUMENT_BYTES))
              .direction(0, 1, 0, 0)
              .direction(1, 1, 0, 0)
              .rows(Double.BYTES, width * Double.BYTES);
    }

    void add(long from, long to) {
      boolean isLast = to == operands.a.rows();
      long end = isLast ? Math.max(from, (to - LANES) / LANES * LANES) : to;
      long block = BLOCK_CELLS / (operands.a.cols() + width) / STEP * STEP;
      block = Math.clamp(block, STEP, 1 << 13);
      boolean adds = false;
      for (long row = from; row < end; row += block) {
        int terms = (int) Math.min(block, end - row);
        sum(
            operands.a.segment(),
            row * operands.rowBytesOfA(),
            operands.b.segment(),
            row * operands.rowBytesOfB(),
            terms,
            adds);
        adds = true;
      }
      if (isLast) {
        MemorySegment left = lastRows(operands.a, end);
        MemorySegment right = operands.isSelf ? left : lastRows(operands.b, end);
        sum(left, 0, right, 0, LAST_ROWS, adds);
      }
    }

    /** The rows from one on, filled up with zeros, and some memory behind them. */
    private MemorySegment lastRows(DenseMatrix matrix, long from) {
      long rowBytes = matrix.cols() * Double.BYTES;
      MemorySegment rows = scratch.bytes(LAST_ROWS * rowBytes + PanelSums.PANEL_BYTES);
      rows.fill((byte) 0);
      long bytes = (matrix.rows() - from) * rowBytes;
      MemorySegment.copy(matrix.segment(), from * rowBytes, rows, 0, bytes);
      return rows;
    }

    private void sum(
        MemorySegment left,
        long leftByte,
        MemorySegment right,
        long rightByte,
        int terms,
        boolean adds) {
      arguments.adds(adds).innermostApart(terms, operands.rowBytesOfA(), operands.rowBytesOfB());
      long rows = operands.a.cols();
      if (!operands.isSelf) {
        sumPanels(left, leftByte, right, rightByte, 0, RowGroups.of(rows), 0);
        return;
      }
      // Of each eight rows the panels from the diagonal on.
      for (long row = 0; row < rows; row += LANES) {
        RowGroups groups = RowGroups.of(Math.min(LANES, rows - row));
        sumPanels(left, leftByte, right, rightByte, row, groups, row / LANES);
      }
    }

    private void sumPanels(
        MemorySegment left,
        long leftByte,
        MemorySegment right,
        long rightByte,
        long row,
        RowGroups groups,
        long panel) {
      long panels = Tiling.pieces(width, LANES);
      long lastCells = width - (panels - 1) * LANES;
      arguments
          .stored(lastCells * Double.BYTES)
          .panels(panels - panel, PanelSums.PANEL_BYTES)
          .at(
              left,
              leftByte + row * Double.BYTES,
              right,
              rightByte + panel * PanelSums.PANEL_BYTES,
              c,
              row * width * Double.BYTES + panel * PanelSums.PANEL_BYTES);
      PanelSums.find(Precision.FP64).runGroups(groups, arguments);
    }
  }
}
