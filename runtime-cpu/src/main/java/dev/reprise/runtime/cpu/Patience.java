package dev.reprise.runtime.cpu;

/**
 * Whether one thread that waits for requests stays awake meanwhile: as long as its last waits were
 * short, and nobody else wants its processor. Being awake costs at most a tenth of a millisecond of
 * processor time after a request, and none once requests come seldom.
 *
 * <p>For that thread alone. Times are those of one clock, in nanoseconds.
 */
final class Patience {
  /** Longest wait of a thread that is awake; shorter ones count as short. */
  static final long MOST_NANOS = 100_000;

  /**
   * More than this between two looks at the clock was somebody else's time: they are less than a
   * microsecond apart.
   */
  static final long LOST_NANOS = 50_000;

  /** Such a thread sleeps at once for so many times what it lost, */
  static final long RESTS = 8;

  /** but no longer than this, whatever stopped it: a debugger, a laptop that was closed. */
  static final long LONGEST_REST_NANOS = 50_000_000;

  /** Long waits in a row after which a thread no longer stays awake, at most. */
  static final int MOST_CREDIT = 8;

  private int credit;
  private long begun;
  private long looked;
  private long restsUntil;

  Patience() {
    restsUntil = Long.MIN_VALUE;
  }

  /** A wait begins. */
  void begin(long now) {
    begun = now;
    looked = now;
  }

  /** True when the wait that has begun is to be awake. */
  boolean isAwake() {
    return credit > 0 && begun >= restsUntil;
  }

  /** True when the thread is to look once more. */
  boolean lasts(long now) {
    long passed = now - looked;
    looked = now;
    if (passed > LOST_NANOS) {
      restsUntil = now + Math.min(RESTS * passed, LONGEST_REST_NANOS);
      return false;
    }
    return now - begun < MOST_NANOS;
  }

  /** The wait has ended with a request, be it awake or asleep. */
  void end(long now) {
    boolean isShort = now - begun < MOST_NANOS;
    credit = isShort ? Math.min(MOST_CREDIT, credit + 1) : Math.max(0, credit - 1);
  }
}
