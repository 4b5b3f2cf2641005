package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Source.constantBits;
import static dev.reprise.runtime.cpu.code.Source.parameter;
import static dev.reprise.runtime.cpu.code.Source.register;

/**
 * Random bits in machine code, of {@link #SETS} sets of as many blocks as there are lanes, which do
 * not wait for each other: for twice as many groups of cells. Of each word of a set's blocks there
 * is a register, of whose lanes the lower halves count.
 *
 * <p>Their numbers go on from call to call in what is {@linkplain CellTotals#carried carried};
 * parameters are {@link RandomNumbers}.
 */
final class PhiloxBlocks {
  static final int SETS = 2;

  /** Groups of cells that a step makes: each block is of two cells. */
  static final int GROUPS = 2 * SETS;

  private final CellCode to;
  private final int[][] words = {{0, 1, 2, 3}, {4, 5, 6, 7}};
  private final int[][] products = {{8, 9}, {10, CellCode.SPARE_WITHOUT_MASKS}};

  private PhiloxBlocks(CellCode to) {
    this.to = to;
  }

  /** Writes what makes the bits of the next blocks. */
  static PhiloxBlocks next(CellCode to) {
    PhiloxBlocks blocks = new PhiloxBlocks(to);
    blocks.begin();
    for (int round = 0; round < RandomNumbers.ROUNDS; round++) {
      blocks.round(round);
    }
    return blocks;
  }

  private void begin() {
    int numbers = CellTotals.carried(0);
    for (int[] set : words) {
      to.load(set[0], register(numbers));
      to.shiftRight(set[1], numbers, Integer.SIZE);
      to.load(set[2], parameter(RandomNumbers.THIRD_WORD));
      to.flipWhole(set[3], set[3], register(set[3]));
      to.addWhole(numbers, numbers, constantBits(to.doubles()));
    }
  }

  private void round(int round) {
    for (int i = 0; i < SETS; i++) {
      to.multiplyWhole(products[i][0], words[i][0], parameter(RandomNumbers.MULTIPLIER_0));
      to.multiplyWhole(products[i][1], words[i][2], parameter(RandomNumbers.MULTIPLIER_1));
      to.flipWhole(words[i][1], words[i][1], parameter(RandomNumbers.key0(round)));
      to.flipWhole(words[i][3], words[i][3], parameter(RandomNumbers.key1(round)));
    }
    for (int i = 0; i < SETS; i++) {
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

  /**
   * The register of a word of a set: two are the bits of even cells, low first, two of odd ones.
   */
  int word(int set, int number) {
    return words[set][number];
  }

  /** One of two registers for each set that hold nothing. */
  int spare(int set, int number) {
    return products[set][number];
  }

  /**
   * From the registers of even cells and of odd ones to those of the set's first group and of its
   * second.
   *
   * @param spare is lost
   */
  static void weave(CellCode to, int even, int odd, int spare) {
    to.lowerOfPairs(spare, even, odd);
    to.upperOfPairs(odd, even, odd);
    to.weaveFirstPairs(even, spare, odd);
    to.weaveLastPairs(odd, spare, odd);
  }
}
