package dev.reprise.engine.worth;

/**
 * Whether looking a call or block up by the contents of its small inputs is still worth its price,
 * a microsecond or two. What was never found is given up for a while, and each time for longer.
 *
 * <pre>
 *   ask --64 times in vain--> rest for 1,024 executions --> ask --64 times in vain--> rest for 4,096
 *    ^                                                       |
 *    +------------- found: the next rest is short again -----+
 * </pre>
 *
 * <p>Executions are counted, so nothing depends on a clock. Unlike with {@link Asking} no sample of
 * the keys goes on being asked for: a key of contents has its price before it is known.
 *
 * <p>Threads: any. Counts of several workers may get lost, which lets them ask a little longer.
 */
public final class AskingByContent {
  private static final int PATIENCE = 64;
  private static final int FIRST_REST = 1_024;
  private static final int LONGEST_REST = 1 << 18;
  private static final int FIRST_PASSING = 64;

  /** How often in vain since something was found. */
  private int vain;

  /** So many executions more are not asked for. */
  private int resting;

  private int nextRest = FIRST_REST;

  /** So many chances more to wait for another's execution are not taken. */
  private int passing;

  private int nextPassing = FIRST_PASSING;

  /** True when the execution that is about to begin is asked for; counts it. */
  public boolean asks() {
    // Two threads that count at once may pass zero.
    if (resting <= 0) {
      return true;
    }
    resting--;
    return false;
  }

  /** An execution was asked for and not found. */
  public void inVain() {
    vain++;
    if (vain >= PATIENCE) {
      vain = 0;
      resting = nextRest;
      nextRest = Math.min(4 * nextRest, LONGEST_REST);
    }
  }

  /** An execution was found. */
  void cameAgain() {
    vain = 0;
    nextRest = FIRST_REST;
  }

  /** True when it pays to wait for an equal execution that is under way; counts the chance. */
  public boolean waits() {
    if (passing <= 0) {
      return true;
    }
    passing--;
    return false;
  }

  /**
   * What was waited for left nothing then: it had an effect, failed, was not worth its bytes, had
   * been asked for fewer outputs, or has operations that are unfinished. Nobody waits for a while.
   */
  public void waitedInVain() {
    passing = nextPassing;
    nextPassing = Math.min(4 * nextPassing, LONGEST_REST);
  }

  /** What was waited for was found. */
  public void waitedAndFound() {
    nextPassing = FIRST_PASSING;
  }
}
