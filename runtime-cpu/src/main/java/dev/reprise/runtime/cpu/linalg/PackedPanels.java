package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/**
 * Columns of a right operand of floats, brought to panels of 16: block of terms by block, in each
 * the panels one after the other, in each of these a row of 64 bytes for a term. What fills up the
 * last panel is undefined.
 *
 * @param columns of the operand
 * @param first panel that is there
 * @param end behind the last panel that is there
 */
record PackedPanels(MemorySegment cells, long columns, long first, long end, TermBlocks blocks) {
  private static final int LANES = PanelPacking.LANES;

  /** Cells that a task packs: some 5 microseconds. */
  private static final long TASK_CELLS = 1 << 15;

  /**
   * Packs panels of op(B).
   *
   * @param scratch owns the panels
   */
  static PackedPanels of(
      DenseMatrix b,
      boolean tb,
      long first,
      long end,
      Scratch scratch,
      Parallel parallel,
      ExecutionContext context) {
    TermBlocks blocks = TermBlocks.of(tb ? b.cols() : b.rows());
    long count = end - first;
    long bytes = Math.multiplyExact(count * PanelSums.PANEL_BYTES, blocks.terms());
    PackedPanels panels =
        new PackedPanels(scratch.bytes(bytes), tb ? b.rows() : b.cols(), first, end, blocks);
    parallel.forRange(
        context,
        count * blocks.count(),
        Tiling.pieces(TASK_CELLS, blocks.largest() * LANES),
        (from, to) -> {
          for (long piece = from; piece < to; piece++) {
            panels.pack(b, tb, piece / count, first + piece % count);
          }
        });
    return panels;
  }

  private void pack(DenseMatrix b, boolean tb, long block, long panel) {
    PanelPacking packing = PanelPacking.find();
    long term = blocks.first(block);
    long column = panel * LANES;
    long step = b.cols() * Float.BYTES;
    long from = b.segment().address() + (tb ? column : term) * step;
    long into = cells.address() + at(block, panel);
    if (tb) {
      packing.columns(from + term * Float.BYTES, step, lanes(panel), blocks.size(block), into);
    } else {
      packing.rows(from + column * Float.BYTES, step, lanes(panel), blocks.size(block), into);
    }
  }

  /** Columns of a panel. */
  int lanes(long panel) {
    return (int) Math.min(LANES, columns - panel * LANES);
  }

  /** Bytes from a panel to the next in a block. */
  long step(long block) {
    return (long) blocks.size(block) * PanelSums.PANEL_BYTES;
  }

  /** The byte where a panel of a block begins. */
  long at(long block, long panel) {
    return blocks.first(block) * (end - first) * PanelSums.PANEL_BYTES
        + (panel - first) * step(block);
  }
}
