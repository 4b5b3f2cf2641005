package dev.reprise.runtime.cpu.code;

/**
 * The numbers of a call of {@link CellFunction#THINNED}: which place each has, for who gives them
 * and for the formula that reads them. All but the first are bits.
 */
public final class ThinnedNumbers {
  /** Of Philox4x32-10; each has two keys. */
  public static final int ROUNDS = 10;

  static final int SHARE = 0;
  static final int TOO_LARGE = 1;
  static final int THIRD_WORD = 2;
  static final int MULTIPLIER_0 = 3;
  static final int MULTIPLIER_1 = 4;
  private static final int FIRST_KEY = 5;

  private final CellOperands operands;

  /**
   * @param operands of the call, which take the numbers
   */
  public ThinnedNumbers(CellOperands operands) {
    this.operands = operands;
  }

  /** The number of a round's first key. */
  static int key0(int round) {
    return FIRST_KEY + round;
  }

  /** The number of a round's second key. */
  static int key1(int round) {
    return FIRST_KEY + ROUNDS + round;
  }

  /**
   * Which cells stay.
   *
   * @param share what cells that stay are divided by
   * @param tooLarge the least number of 53 bits with which a cell does not stay
   */
  public ThinnedNumbers share(double share, long tooLarge) {
    operands.withParameter(SHARE, share).withParameterBits(TOO_LARGE, tooLarge);
    return this;
  }

  /** The third word of all counters; the fourth one is 0. */
  public ThinnedNumbers thirdWord(long word) {
    operands.withParameterBits(THIRD_WORD, word);
    return this;
  }

  public ThinnedNumbers multipliers(long first, long second) {
    operands.withParameterBits(MULTIPLIER_0, first).withParameterBits(MULTIPLIER_1, second);
    return this;
  }

  /** The keys of a round, of whose bits the lower 32 count. */
  public ThinnedNumbers keys(int round, long first, long second) {
    operands.withParameterBits(key0(round), first).withParameterBits(key1(round), second);
    return this;
  }
}
