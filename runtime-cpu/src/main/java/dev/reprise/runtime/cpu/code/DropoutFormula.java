package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/** Random numbers of cells, and which cells they let stay. */
final class DropoutFormula {
  /** Bits of a random number that are left out, of 64. */
  private static final int LEFT_OUT = 11;

  private DropoutFormula() {}

  /**
   * Of four groups of cells: two times as many blocks as there are lanes, which do not wait for
   * each other. Of each word of blocks there is a register, of whose lanes the lower halves count.
   */
  static void thinned(CellCode to) {
    int[][] words = {{0, 1, 2, 3}, {4, 5, 6, 7}};
    int[][] products = {{8, 9}, {10, CellCode.SPARE_WITHOUT_MASKS}};
    int blocks = CellTotals.carried(0);
    for (int[] set : words) {
      to.load(set[0], register(blocks));
      to.shiftRight(set[1], blocks, Integer.SIZE);
      to.load(set[2], parameter(ThinnedNumbers.THIRD_WORD));
      to.flipWhole(set[3], set[3], register(set[3]));
      to.addWhole(blocks, blocks, constantBits(to.doubles()));
    }
    for (int round = 0; round < ThinnedNumbers.ROUNDS; round++) {
      for (int i = 0; i < 2; i++) {
        to.multiplyWhole(products[i][0], words[i][0], parameter(ThinnedNumbers.MULTIPLIER_0));
        to.multiplyWhole(products[i][1], words[i][2], parameter(ThinnedNumbers.MULTIPLIER_1));
        to.flipWhole(words[i][1], words[i][1], parameter(ThinnedNumbers.key0(round)));
        to.flipWhole(words[i][3], words[i][3], parameter(ThinnedNumbers.key1(round)));
      }
      for (int i = 0; i < 2; i++) {
        to.shiftRight(words[i][0], products[i][1], Integer.SIZE);
        to.flipWhole(words[i][0], words[i][0], register(words[i][1]));
        to.shiftRight(words[i][2], products[i][0], Integer.SIZE);
        to.flipWhole(words[i][2], words[i][2], register(words[i][3]));
        // The lower halves of products are words, too: they change places with those of before.
        int second = words[i][1];
        int fourth = words[i][3];
        words[i][1] = products[i][1];
        words[i][3] = products[i][0];
        products[i][0] = second;
        products[i][1] = fourth;
      }
    }
    for (int i = 0; i < 2; i++) {
      int[] word = words[i];
      int low = products[i][0];
      int high = products[i][1];
      to.joinHalves(word[0], word[0], word[1]);
      to.joinHalves(word[2], word[2], word[3]);
      // From numbers of even cells and of odd ones to those of the first group and of the second.
      to.lowerOfPairs(low, word[0], word[2]);
      to.upperOfPairs(high, word[0], word[2]);
      to.weaveFirstPairs(word[0], low, high);
      to.weaveLastPairs(word[2], low, high);
      thin(to, 2 * i, word[0], low);
      thin(to, 2 * i + 1, word[2], low);
    }
  }

  private static void thin(CellCode to, int group, int bits, int cells) {
    to.at(group);
    to.shiftRight(bits, bits, LEFT_OUT);
    to.load(cells, parameter(ThinnedNumbers.TOO_LARGE));
    to.largerWhole(bits, cells, bits);
    to.input(cells, 0);
    to.divide(cells, cells, parameter(ThinnedNumbers.SHARE));
    to.and(cells, cells, register(bits));
    to.output(0, cells);
    to.at(0);
  }
}
