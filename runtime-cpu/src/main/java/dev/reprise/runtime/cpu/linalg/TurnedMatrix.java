package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/**
 * The transpose of a matrix of doubles, by the code that packs panels: eight columns are brought
 * together, then written as rows.
 */
final class TurnedMatrix {
  private static final int LANES = PanelSums.PANEL_BYTES / Double.BYTES;

  /** Cells of a task: some 10 microseconds. */
  private static final long TASK_CELLS = 1 << 14;

  /** Rows of a call of code, which should take well below a millisecond, unless few are left. */
  static final long CALL_ROWS = 1 << 12;

  private TurnedMatrix() {}

  /**
   * The transpose of the first columns; the caller owns it.
   *
   * @param cols how many
   */
  static DenseMatrix of(DenseMatrix x, long cols, Parallel parallel, ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix turned = scratch.matrix(cols, x.rows());
      turn(x, turned, parallel, context);
      return scratch.keep(turned);
    }
  }

  private static void turn(
      DenseMatrix x, DenseMatrix turned, Parallel parallel, ExecutionContext context) {
    PanelPacking packing = PanelPacking.find(Precision.FP64);
    if (packing == null || x.rows() < PanelPacking.leastColumns(Precision.FP64)) {
      turnInJava(x, turned);
      return;
    }
    parallel.forRange(
        context,
        Tiling.pieces(turned.rows(), LANES),
        Tiling.pieces(TASK_CELLS, LANES * x.rows()),
        (from, to) -> {
          try (Scratch own = new Scratch(context.allocator())) {
            long panel = own.bytes(mostRowsOfCall(x.rows()) * PanelSums.PANEL_BYTES).address();
            for (long i = from; i < to; i++) {
              turn(packing, x, i * LANES, panel, turned);
            }
          }
        });
  }

  /** Turns up to eight columns, from one on. */
  private static void turn(
      PanelPacking packing, DenseMatrix x, long column, long panel, DenseMatrix turned) {
    int lanes = (int) Math.min(LANES, turned.rows() - column);
    long from = x.segment().address() + column * Double.BYTES;
    long into = turned.segment().address() + column * x.rows() * Double.BYTES;
    long step = x.cols() * Double.BYTES;
    long count;
    for (long row = 0; row < x.rows(); row += count) {
      count = rowsOfCall(x.rows() - row);
      packing.rows(from + row * step, step, lanes, count, panel);
      packing.planes(panel, lanes, count, into + row * Double.BYTES, x.rows() * Double.BYTES);
    }
  }

  /** How many of the rows that are left are taken next: no fewer than a panel needs stay behind. */
  private static long rowsOfCall(long left) {
    return left == mostRowsOfCall(left) ? left : CALL_ROWS;
  }

  private static long mostRowsOfCall(long rows) {
    return Math.min(rows, CALL_ROWS + PanelPacking.leastColumns(Precision.FP64) - 1);
  }

  private static void turnInJava(DenseMatrix x, DenseMatrix turned) {
    MemorySegment from = x.segment();
    MemorySegment to = turned.segment();
    for (long i = 0; i < turned.rows(); i++) {
      for (long j = 0; j < turned.cols(); j++) {
        double cell = from.getAtIndex(JAVA_DOUBLE, j * x.cols() + i);
        to.setAtIndex(JAVA_DOUBLE, i * turned.cols() + j, cell);
      }
    }
  }
}
