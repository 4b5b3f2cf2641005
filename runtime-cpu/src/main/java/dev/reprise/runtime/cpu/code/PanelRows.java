package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;

/**
 * C (+)= A B by {@link PanelSums}, where A has few rows and B is read as it lies in memory: some
 * rows of B at a time, so that they stay in the first cache while the rows of A go by, and what
 * they give is added to C. The bounds of these blocks follow from the number of terms alone, and so
 * do the bits of a sum.
 *
 * <p>For one thread.
 */
public final class PanelRows {
  /** How many rows of B at once, in bytes of cells. */
  private static final int BLOCK_BYTES = 128;

  private final PanelSums sums;
  private final int blockTerms;
  private final PanelSums.Arguments arguments;

  /**
   * @param precision of the cells, for which the machine has {@linkplain PanelSums#find sums}
   * @param memory of {@link PanelSums#ARGUMENT_BYTES}, aligned to 8
   */
  public PanelRows(Precision precision, MemorySegment memory) {
    this.sums = PanelSums.find(precision);
    this.blockTerms = blockTerms(precision);
    this.arguments = new PanelSums.Arguments(memory).direction(0, 1, 0, 0).direction(1, 1, 0, 0);
  }

  /** Rows of B that are read at once. */
  public static int blockTerms(Precision precision) {
    return BLOCK_BYTES / precision.bytesPerCell();
  }

  /**
   * A matrix in memory.
   *
   * @param at its first byte
   * @param rowStep bytes from a row to the next
   */
  public record Rows(MemorySegment cells, long at, long rowStep) {}

  /**
   * Computes the product.
   *
   * @param rows of A and C
   * @param terms columns of A, rows of B: at least 1
   * @param panels of B and C: their columns in units of {@link PanelSums#PANEL_BYTES}
   * @param termStep bytes from a cell of A to the next in its row
   * @param adds whether to add to what C holds
   */
  public void multiply(
      long rows, long terms, long panels, Rows a, long termStep, Rows b, Rows c, boolean adds) {
    RowGroups groups = RowGroups.of(rows);
    arguments.rows(a.rowStep, c.rowStep).panels(panels, PanelSums.PANEL_BYTES);
    for (long term = 0; term < terms; term += blockTerms) {
      int count = (int) Math.min(blockTerms, terms - term);
      arguments.adds(adds || term > 0).innermostApart(count, termStep, b.rowStep);
      arguments.at(
          a.cells, a.at + term * termStep, b.cells, b.at + term * b.rowStep, c.cells, c.at);
      sums.runGroups(groups, arguments);
    }
  }
}
