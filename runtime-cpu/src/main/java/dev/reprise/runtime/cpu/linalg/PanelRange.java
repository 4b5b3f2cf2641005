package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.util.List;

/**
 * Some of the panels that the columns of a right operand, op(B), are brought to: as many columns
 * each as 64 bytes hold, with a row for each term. What fills up the last panel is undefined.
 *
 * @param tb whether B is given as its transpose
 * @param first of the panels
 * @param end behind the last of them
 */
record PanelRange(DenseMatrix b, boolean tb, TermBlocks blocks, long first, long end) {
  /** All panels of op(B). */
  static PanelRange all(Factors factors) {
    long panels = Tiling.pieces(factors.cols(), PanelPacking.lanes(factors.precision()));
    return new PanelRange(factors.b(), factors.tb(), TermBlocks.of(factors.terms()), 0, panels);
  }

  /** Part of these, where they are cut evenly. */
  PanelRange part(long part, long parts) {
    long from = first + part * count() / parts;
    long to = first + (part + 1) * count() / parts;
    return new PanelRange(b, tb, blocks, from, to);
  }

  /** Of more than one panel. */
  List<PanelRange> halves() {
    return List.of(part(0, 2), part(1, 2));
  }

  long count() {
    return end - first;
  }

  /** Columns of a panel. */
  int lanes(long panel) {
    int lanes = PanelPacking.lanes(precision());
    return (int) Math.min(lanes, columns() - panel * lanes);
  }

  /** Bytes of a panel of a block of terms. */
  long panelBytes(long block) {
    return (long) blocks.size(block) * PanelSums.PANEL_BYTES;
  }

  /**
   * Packs some panels of a block of terms, one behind the other.
   *
   * @param panel the first
   * @param panelEnd behind the last
   * @param into the address where the first goes
   */
  void pack(long block, long panel, long panelEnd, long into) {
    PanelPacking packing = PanelPacking.find(precision());
    int terms = blocks.size(block);
    long step = b.cols() * precision().bytesPerCell();
    long target = into;
    long next = panel;
    if (!tb) {
      long whole = Math.min(panelEnd, columns() / PanelPacking.lanes(precision())) - panel;
      if (whole > 0) {
        packing.rowsOfPanels(source(block, panel), step, whole, terms, target, panelBytes(block));
        next = panel + whole;
        target += whole * panelBytes(block);
      }
    }
    for (; next < panelEnd; next++, target += panelBytes(block)) {
      if (tb) {
        packing.columns(source(block, next), step, lanes(next), terms, target);
      } else {
        packing.rows(source(block, next), step, lanes(next), terms, target);
      }
    }
  }

  /** The address of the first cell of op(B) that a panel of a block has. */
  private long source(long block, long panel) {
    long term = blocks.first(block);
    long column = panel * PanelPacking.lanes(precision());
    long cols = b.cols();
    long cell = tb ? column * cols + term : term * cols + column;
    return b.segment().address() + cell * precision().bytesPerCell();
  }

  private long columns() {
    return tb ? b.rows() : b.cols();
  }

  private Precision precision() {
    return b.precision();
  }
}
