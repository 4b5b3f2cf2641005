package dev.reprise.runtime.cpu.code;

/**
 * The numbers of a call of a {@link CellFunction} that makes random numbers: which place each has,
 * for who gives them and for the formula that reads them. Those of the generator are bits.
 */
public final class RandomNumbers {
  /** Of Philox4x32-10; each has two keys. */
  public static final int ROUNDS = 10;

  // What cells become of random numbers.
  static final int SHARE = 0;
  static final int TOO_LARGE = 1;
  static final int MIN = 0;
  static final int SPAN = 1;
  static final int LAST = 2;

  static final int THIRD_WORD = 3;
  static final int MULTIPLIER_0 = 4;
  static final int MULTIPLIER_1 = 5;
  private static final int FIRST_KEY = 6;

  /** How many there are. */
  static final int COUNT = FIRST_KEY + 2 * ROUNDS;

  private final CellOperands operands;

  /**
   * @param operands of the call, which take the numbers
   */
  public RandomNumbers(CellOperands operands) {
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
   * @param tooLarge the least number of 53 bits with which a cell does not stay
   */
  public RandomNumbers staying(long tooLarge) {
    operands.withParameterBits(TOO_LARGE, tooLarge);
    return this;
  }

  /** What cells that stay are divided by. */
  public RandomNumbers share(double share) {
    operands.withParameter(SHARE, share);
    return this;
  }

  /**
   * Where uniform numbers are.
   *
   * @param span from the first to the end
   * @param last the largest that there may be
   */
  public RandomNumbers range(double min, double span, double last) {
    operands.withParameter(MIN, min).withParameter(SPAN, span).withParameter(LAST, last);
    return this;
  }

  /** The third word of all counters; the fourth one is 0. */
  public RandomNumbers thirdWord(long word) {
    operands.withParameterBits(THIRD_WORD, word);
    return this;
  }

  public RandomNumbers multipliers(long first, long second) {
    operands.withParameterBits(MULTIPLIER_0, first).withParameterBits(MULTIPLIER_1, second);
    return this;
  }

  /** The keys of a round, of whose bits the lower 32 count. */
  public RandomNumbers keys(int round, long first, long second) {
    operands.withParameterBits(key0(round), first).withParameterBits(key1(round), second);
    return this;
  }
}
