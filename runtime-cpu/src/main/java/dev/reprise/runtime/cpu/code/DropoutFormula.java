package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/** Random numbers of cells, and which cells they let stay. */
final class DropoutFormula {
  /** Bits of a random number that are left out, of 64. */
  private static final int LEFT_OUT = 11;

  private DropoutFormula() {}

  /** Of four groups of cells; those that stay are divided by the share. */
  static void thinned(CellCode to) {
    thin(to, cells -> to.divide(cells, cells, parameter(RandomNumbers.SHARE)));
  }

  /** Of four groups of cells. */
  static void kept(CellCode to) {
    thin(to, _ -> {});
  }

  /** What is done with a register of cells. */
  @FunctionalInterface
  private interface Change {
    void write(int cells);
  }

  private static void thin(CellCode to, Change change) {
    PhiloxBlocks blocks = PhiloxBlocks.next(to);
    for (int i = 0; i < PhiloxBlocks.SETS; i++) {
      int even = blocks.word(i, 0);
      int odd = blocks.word(i, 2);
      int spare = blocks.spare(i, 0);
      to.joinHalves(even, even, blocks.word(i, 1));
      to.joinHalves(odd, odd, blocks.word(i, 3));
      PhiloxBlocks.weave(to, even, odd, spare);
      thin(to, 2 * i, even, spare, change);
      thin(to, 2 * i + 1, odd, spare, change);
    }
  }

  private static void thin(CellCode to, int group, int bits, int cells, Change change) {
    to.at(group);
    to.shiftRight(bits, bits, LEFT_OUT);
    to.load(cells, parameter(RandomNumbers.TOO_LARGE));
    to.largerWhole(bits, cells, bits);
    to.input(cells, 0);
    change.write(cells);
    to.and(cells, cells, register(bits));
    to.output(0, cells);
    to.at(0);
  }
}
