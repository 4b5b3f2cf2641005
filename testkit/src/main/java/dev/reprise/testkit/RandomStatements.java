package dev.reprise.testkit;

import java.util.Random;

/** The text of random scripts, statement by statement; a seed gives one script. */
public abstract class RandomStatements {
  private final Random random;
  private int variables;

  protected RandomStatements(long seed) {
    this.random = new Random(seed);
  }

  /**
   * One statement, or several that belong together, with a line end.
   *
   * @param depth how many blocks are around it
   */
  protected abstract String statement(int depth);

  /** From one to three statements. */
  protected final String statements(int depth) {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + below(3); i > 0; i--) {
      text.append(statement(depth));
    }
    return text.toString();
  }

  protected final String pick(String... some) {
    return some[below(some.length)];
  }

  /** From 0 on. */
  protected final int below(int bound) {
    return random.nextInt(bound);
  }

  protected final boolean either() {
    return random.nextBoolean();
  }

  /** A name that no other call gives. */
  protected final String fresh(String begin) {
    return begin + variables++;
  }
}
