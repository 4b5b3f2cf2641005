package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.cpu.code.CellCode.Formula;
import java.util.List;

/**
 * What a {@link CellFunction} does with all cells of rows, a group or more at a time. Functions of
 * several passes go through the rows again, with numbers that the last pass has left for each.
 *
 * @param formula of the cells
 * @param totals how many the formula adds to, or carries on
 * @param groups of cells that the formula is of; with more than one, what would be totals is
 *     carried on
 * @param takesLargest whether its total is the largest, not the sum
 * @param takesTurns whether the instructions of several groups of cells take turns: of functions of
 *     e^x, whose instructions wait for each other, with one total at most
 * @param then what is made of a row's totals, which are in the registers from 0 on, the same in all
 *     lanes; what is left in register 0 is the row's first total; or null
 * @param kept which of the row's numbers become what is left in the registers from 0 on
 */
record CellPass(
    Formula formula,
    int totals,
    int groups,
    boolean takesLargest,
    boolean takesTurns,
    Formula then,
    List<Integer> kept) {

  static CellPass of(Formula formula) {
    return sums(0, formula);
  }

  static CellPass sums(int totals, Formula formula) {
    return new CellPass(formula, totals, 1, false, false, null, List.of());
  }

  static CellPass largest(Formula formula) {
    return new CellPass(formula, 1, 1, true, false, null, List.of());
  }

  /** Of so many groups at a time, which hand lanes on to the next ones. */
  static CellPass carried(int lanes, int groups, Formula formula) {
    return new CellPass(formula, lanes, groups, false, false, null, List.of());
  }

  CellPass inTurns() {
    return new CellPass(formula, totals, groups, takesLargest, true, then, kept);
  }

  /** With what is made of the totals, and which numbers that becomes. */
  CellPass then(Formula made, Integer... numbers) {
    return new CellPass(formula, totals, groups, takesLargest, takesTurns, made, List.of(numbers));
  }

  /** The total becomes that number of the row. */
  CellPass keep(int number) {
    return then(_ -> {}, number);
  }

  /** Cells that are computed at a time. */
  int cellsPerStep(VectorRegisters registers) {
    return groupsPerStep(registers) * registers.doubles();
  }

  /** Groups of cells that are computed at a time. */
  int groupsPerStep(VectorRegisters registers) {
    if (takesTurns) {
      return registers.turns();
    }
    return isOfPairs() ? 2 : groups;
  }

  /**
   * Whether two groups of cells, or more in turns, are computed at a time. A group that is left,
   * and cells that are none, are computed with the totals of the first.
   */
  boolean isOfPairs() {
    return groups == 1;
  }

  /** Whether it has totals: in each lane of both groups, so that none waits. */
  boolean isTotal() {
    return totals > 0 && groups == 1;
  }
}
