package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/**
 * Columns of a right operand, brought to panels of 64 bytes: block of terms by block, in each the
 * panels one after the other, in each of these a row for a term. What fills up the last panel is
 * undefined.
 *
 * @param columns of the operand
 * @param first panel that is there
 * @param end behind the last panel that is there
 * @param inTurns whether blocks are there one at a time, each in the place of the one before
 */
record PackedPanels(
    Precision precision,
    MemorySegment cells,
    long columns,
    long first,
    long end,
    TermBlocks blocks,
    boolean inTurns) {
  /** Bytes that a task packs: some 5 microseconds. */
  private static final long TASK_BYTES = 1 << 17;

  /**
   * Room for panels of op(B).
   *
   * @param scratch owns it
   */
  static PackedPanels room(Factors factors, long first, long end, Scratch scratch) {
    return room(factors, first, end, false, scratch);
  }

  /** Room for one block of them at a time. */
  static PackedPanels roomInTurns(Factors factors, long first, long end, Scratch scratch) {
    return room(factors, first, end, true, scratch);
  }

  private static PackedPanels room(
      Factors factors, long first, long end, boolean inTurns, Scratch scratch) {
    TermBlocks blocks = TermBlocks.of(factors.terms());
    long terms = inTurns ? blocks.largest() : blocks.terms();
    long bytes = Math.multiplyExact((end - first) * PanelSums.PANEL_BYTES, terms);
    return new PackedPanels(
        factors.precision(), scratch.bytes(bytes), factors.cols(), first, end, blocks, inTurns);
  }

  /** How many pieces there are to pack: a panel of a block each. */
  long pieces() {
    return (end - first) * blocks.count();
  }

  /**
   * Packs all of them, by many threads.
   *
   * @throws IllegalStateException when there is room for one block at a time
   */
  void pack(Factors factors, Parallel parallel, ExecutionContext context) {
    if (inTurns) {
      throw new IllegalStateException("there is room for one block");
    }
    long pieceBytes = blocks.largest() * PanelSums.PANEL_BYTES;
    parallel.forRange(
        context,
        pieces(),
        Tiling.pieces(TASK_BYTES, pieceBytes),
        (from, to) -> pack(factors, from, to));
  }

  /** Packs all panels of a block. */
  void packBlock(Factors factors, long block) {
    packPieces(factors, block, first, end);
  }

  /** Packs pieces from the first one to before the last. */
  private void pack(Factors factors, long from, long to) {
    long count = end - first;
    for (long piece = from, next; piece < to; piece = next) {
      long block = piece / count;
      next = Math.min(to, (block + 1) * count);
      long panel = first + piece % count;
      packPieces(factors, block, panel, panel + next - piece);
    }
  }

  /** Packs some panels of a block. */
  private void packPieces(Factors factors, long block, long panel, long panelEnd) {
    PanelPacking packing = PanelPacking.find(precision);
    int terms = blocks.size(block);
    long step = factors.b().cols() * precision.bytesPerCell();
    long next = panel;
    if (!factors.tb()) {
      long whole = Math.min(panelEnd, columns / PanelPacking.lanes(precision)) - panel;
      if (whole > 0) {
        packing.rowsOfPanels(
            source(factors, block, panel), step, whole, terms, target(block, panel), step(block));
        next = panel + whole;
      }
    }
    for (; next < panelEnd; next++) {
      long from = source(factors, block, next);
      if (factors.tb()) {
        packing.columns(from, step, lanes(next), terms, target(block, next));
      } else {
        packing.rows(from, step, lanes(next), terms, target(block, next));
      }
    }
  }

  /** The address of the first cell of op(B) that a panel of a block has. */
  private long source(Factors factors, long block, long panel) {
    long term = blocks.first(block);
    long column = panel * PanelPacking.lanes(precision);
    long cols = factors.b().cols();
    long cell = factors.tb() ? column * cols + term : term * cols + column;
    return factors.b().segment().address() + cell * precision.bytesPerCell();
  }

  private long target(long block, long panel) {
    return cells.address() + at(block, panel);
  }

  /** Columns of a panel. */
  int lanes(long panel) {
    int lanes = PanelPacking.lanes(precision);
    return (int) Math.min(lanes, columns - panel * lanes);
  }

  /** Bytes from a panel to the next in a block. */
  long step(long block) {
    return (long) blocks.size(block) * PanelSums.PANEL_BYTES;
  }

  /** The byte where a panel of a block begins. */
  long at(long block, long panel) {
    long before = inTurns ? 0 : blocks.first(block);
    return before * (end - first) * PanelSums.PANEL_BYTES + (panel - first) * step(block);
  }
}
