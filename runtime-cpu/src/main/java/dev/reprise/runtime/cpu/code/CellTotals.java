package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.Source.constant;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * The totals of cells that machine code goes through: sums of each lane's terms, or the largest
 * ones, from the first cell of a row to the last.
 *
 * <p>A total is of two groups of four cells by turns, so that an addition does not wait for the
 * last one. Both are in the first one's register where that has eight lanes. Formulas with totals
 * use none of these registers otherwise.
 */
final class CellTotals {
  /** Of the first group and of the second, by the number of the total. */
  private static final int[][] OF_GROUPS = {{11, 12, 9}, {CellCode.LAST_REGISTER, 8, 7}};

  /** Where groups of cells take turns, of which one total has registers. */
  private static final int[][] IN_TURNS = {{12}, {13}};

  private static final int[][] JOINED_IN_TURNS = {{12}, {12}, {12}, {12}};

  private static final int ADD = 0x58;
  private static final int LARGEST = 0x5F;
  private static final int UPPER_OF_PAIR = 0x15;

  private final VectorCode code;
  private final Assembler to;
  private final VectorInstructions instructions;

  /** Whether a register has both groups. */
  private final boolean areJoined;

  /** Which ones are added to, of each group of cells that takes turns. */
  private int[][] used = {OF_GROUPS[0]};

  CellTotals(VectorCode code, VectorRegisters registers) {
    this.code = code;
    this.to = code.assembler();
    this.instructions = code.instructions();
    this.areJoined = registers.hasBothTotals();
  }

  /** The register of a total, for what goes on from cell to cell and is no sum. */
  static int carried(int number) {
    return OF_GROUPS[0][number];
  }

  // ---- before the cells of a row

  /** What lanes of a total are before the first cell, for what is carried on. */
  void loadCarried(int number, Address from) {
    instructions.read(OF_GROUPS[0][number], from, CellForm.DOUBLES);
  }

  /** Begins a total of both groups: a sum. */
  void clear(int number) {
    to.clear(OF_GROUPS[0][number]);
    to.clear(OF_GROUPS[1][number]);
  }

  /** As the other, of groups that take turns. */
  void clearInTurns() {
    for (int[] total : IN_TURNS) {
      to.clear(total[0]);
    }
  }

  /** Begins a total of both groups that is the largest cell. */
  void beginLargest(int number) {
    code.load(OF_GROUPS[0][number], constant(Double.NEGATIVE_INFINITY));
    code.load(OF_GROUPS[1][number], constant(Double.NEGATIVE_INFINITY));
  }

  // ---- of which groups the cells are that follow

  void useFirst() {
    used = new int[][] {OF_GROUPS[0]};
  }

  void useSecond() {
    used = new int[][] {OF_GROUPS[areJoined ? 0 : 1]};
  }

  /** Cells are those of several groups, whose instructions take turns. */
  void useInTurns() {
    used = areJoined ? JOINED_IN_TURNS : IN_TURNS;
  }

  /** The total of groups that took turns becomes that of cells that do not. */
  void settle() {
    for (int group = 0; group < IN_TURNS.length; group++) {
      code.load(OF_GROUPS[group][0], register(IN_TURNS[group][0]));
    }
  }

  // ---- cells

  /** Adds each lane to a total. */
  void add(int number, int register) {
    code.inTurns(group -> {
      int total = used[group][number];
      instructions.cells(ADD, total, total, code.of(group, register));
    });
  }

  /** The register of a total to which cells are added that take no turns. */
  int of(int number) {
    return used[0][number];
  }

  // ---- after the cells of a row

  /** Adds up the lanes of both groups of a total: the first and the third, and the others. */
  void storeSum(Address into, int number) {
    int total = OF_GROUPS[0][number];
    int second = OF_GROUPS[1][number];
    instructions.separateGroups(total, second);
    code.add(total, total, register(second));
    upperLanes(0, total);
    to.vector(MAP_0F, PREFIX_66, false, ADD, 0, total, 0);
    to.vector(MAP_0F, PREFIX_66, false, UPPER_OF_PAIR, 1, 0, 0);
    to.vector(MAP_0F, PREFIX_F2, false, ADD, 0, 0, 1);
    code.storeDouble(into, 0);
  }

  /** Stores the largest of the lanes of both groups of a total: of equal ones the first. */
  void storeLargest(Address into, int number) {
    int total = OF_GROUPS[0][number];
    int second = OF_GROUPS[1][number];
    instructions.separateGroups(total, second);
    code.largest(total, second, register(total));
    upperLanes(0, total);
    to.vector(MAP_0F, PREFIX_66, false, UPPER_OF_PAIR, 1, total, total);
    to.vector(MAP_0F, PREFIX_F2, false, LARGEST, total, 1, total);
    to.vector(MAP_0F, PREFIX_66, false, UPPER_OF_PAIR, 1, 0, 0);
    to.vector(MAP_0F, PREFIX_F2, false, LARGEST, total, 0, total);
    to.vector(MAP_0F, PREFIX_F2, false, LARGEST, total, 1, total);
    code.storeDouble(into, total);
  }

  /** The third and the fourth lane become the first two. */
  private void upperLanes(int result, int of) {
    // Its result is the operand that is the last one of others.
    to.vector(MAP_0F3A, PREFIX_66, true, 0x19, of, 0, result);
    to.control(1);
  }
}
