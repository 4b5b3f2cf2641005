package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelSums;
import java.lang.foreign.MemorySegment;

/** Panels of a right operand in memory, as {@link PackedTile} reads them. */
sealed interface PackedPanels {
  /** Which panels these are. */
  PanelRange range();

  MemorySegment cells();

  /** The byte where a panel of a block of terms begins. */
  long at(long block, long panel);

  /**
   * All blocks of terms, one behind the other, in each the panels one behind the other. Read by any
   * number of threads once it is packed.
   */
  record Whole(PanelRange range, MemorySegment cells) implements PackedPanels {
    /** Bytes that a task packs: some 5 microseconds. */
    private static final long TASK_BYTES = 1 << 17;

    /**
     * Room for panels, which are not packed yet.
     *
     * @param scratch owns it
     * @throws ResourceException when there is no memory for it
     */
    static Whole room(PanelRange range, Scratch scratch) {
      return new Whole(range, memory(range, range.blocks().terms(), scratch));
    }

    /** Packs them, by many threads. */
    void pack(Parallel parallel, ExecutionContext context) {
      TermBlocks blocks = range.blocks();
      parallel.forRange(
          context,
          range.count() * blocks.count(),
          Tiling.pieces(TASK_BYTES, blocks.largest() * PanelSums.PANEL_BYTES),
          this::packPieces);
    }

    /** Packs pieces from the first one to before the last: a panel of a block each. */
    private void packPieces(long from, long to) {
      long count = range.count();
      for (long piece = from, next; piece < to; piece = next) {
        long block = piece / count;
        next = Math.min(to, (block + 1) * count);
        long panel = range.first() + piece % count;
        range.pack(block, panel, panel + next - piece, cells.address() + at(block, panel));
      }
    }

    @Override
    public long at(long block, long panel) {
      long before = range.blocks().first(block) * range.count() * PanelSums.PANEL_BYTES;
      return before + (panel - range.first()) * range.panelBytes(block);
    }
  }

  /** One block of terms at a time, each in the place of the one before. For one thread. */
  record InTurns(PanelRange range, MemorySegment cells) implements PackedPanels {
    /**
     * Room for panels of a block, of which none is packed yet.
     *
     * @param scratch owns it
     * @throws ResourceException when there is no memory for it
     */
    static InTurns room(PanelRange range, Scratch scratch) {
      return new InTurns(range, memory(range, range.blocks().largest(), scratch));
    }

    void pack(long block) {
      range.pack(block, range.first(), range.end(), cells.address());
    }

    /** Of the block that was packed last. */
    @Override
    public long at(long block, long panel) {
      return (panel - range.first()) * range.panelBytes(block);
    }
  }

  private static MemorySegment memory(PanelRange range, long terms, Scratch scratch) {
    return scratch.bytes(Math.multiplyExact(range.count() * PanelSums.PANEL_BYTES, terms));
  }
}
