package dev.reprise;

import java.util.Random;

/** The text of random scripts, statement by statement; a seed gives one script. */
abstract class RandomStatements {
  private final Random random;
  private int variables;

  RandomStatements(long seed) {
    this.random = new Random(seed);
  }

  /**
   * One statement, or several that belong together, with a line end.
   *
   * @param depth how many blocks are around it
   */
  abstract String statement(int depth);

  /** From one to three statements. */
  final String statements(int depth) {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + below(3); i > 0; i--) {
      text.append(statement(depth));
    }
    return text.toString();
  }

  final String pick(String... some) {
    return some[below(some.length)];
  }

  /** From 0 on. */
  final int below(int bound) {
    return random.nextInt(bound);
  }

  final boolean either() {
    return random.nextBoolean();
  }

  /** A name that no other call gives. */
  final String fresh(String begin) {
    return begin + variables++;
  }
}
