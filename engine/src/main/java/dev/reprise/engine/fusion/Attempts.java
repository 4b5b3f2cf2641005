package dev.reprise.engine.fusion;

/**
 * Whether to try what may be refused and is in vain then: after each refusal in a row there are
 * twice as many that are not tried, up to 63.
 */
final class Attempts {
  private static final int MOST_REFUSALS = 6;

  // Hints that may lose what several threads note, which changes no result.
  private int refusals;
  private int pause;

  /** Whether to try now; to be asked once each time. */
  boolean isWorthwhile() {
    // Below zero when two threads count the same pause down.
    if (pause <= 0) {
      return true;
    }
    pause--;
    return false;
  }

  void refused() {
    refusals = Math.min(refusals + 1, MOST_REFUSALS);
    pause = (1 << refusals) - 1;
  }

  void succeeded() {
    refusals = 0;
  }
}
