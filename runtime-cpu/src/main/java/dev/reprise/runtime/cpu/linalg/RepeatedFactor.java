package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;

/**
 * A right operand that a few rows are multiplied with again and again, as the weights of a
 * recurrent layer in each of its steps: it is brought to panels once, for all threads. A row of a
 * product has the same bits whichever rows are computed with it.
 */
public final class RepeatedFactor {
  private final PackedPanels.Whole panels;

  private RepeatedFactor(PackedPanels.Whole panels) {
    this.panels = panels;
  }

  /**
   * Packs op(B).
   *
   * @param a a left operand: of its precision, with a column for each term
   * @param tb whether B is given as its transpose
   * @param scratch owns what is packed
   * @return null where there is no code for such an operand, which follows from its shape and the
   *     machine
   */
  public static RepeatedFactor pack(
      DenseMatrix a,
      DenseMatrix b,
      boolean tb,
      Scratch scratch,
      Parallel parallel,
      ExecutionContext context) {
    Factors factors = new Factors(a, false, b, tb);
    if (factors.cols() == 0
        || factors.terms() < PanelPacking.leastColumns(a.precision())
        || PanelPacking.find(a.precision()) == null) {
      return null;
    }
    PackedPanels.Whole panels = PackedPanels.Whole.room(PanelRange.all(factors), scratch);
    panels.pack(parallel, context);
    return new RepeatedFactor(panels);
  }

  /** Multiplies rows; belongs to one thread. */
  public final class Task {
    private final PanelSums.Arguments arguments;

    /**
     * Makes one.
     *
     * @param scratch owns its memory
     */
    public Task(Scratch scratch) {
      this.arguments = PackedTile.arguments(scratch);
    }

    /**
     * Rows of C (+)= A op(B).
     *
     * @param row the first one of A
     * @param count how many
     * @param target the first one of C
     * @param adds whether to add to what C holds
     */
    public void multiply(
        DenseMatrix a, long row, long count, DenseMatrix c, long target, boolean adds) {
      new PackedTile(new PackedTile.Rows(a, row, target, count), panels, c, arguments)
          .multiply(0, panels.range().end(), adds);
    }
  }
}
