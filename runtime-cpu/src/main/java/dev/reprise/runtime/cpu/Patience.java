package dev.reprise.runtime.cpu;

/**
 * Whether one thread that waits for requests stays awake meanwhile: as long as its last waits were
 * short, and nobody else has its processor. Being awake costs at most a tenth of a millisecond of
 * processor time after a request, and none once requests come seldom.
 *
 * <p>Where another thread had the processor for a while, as the JVM's compilers do in the first
 * seconds, the wait goes on asleep, and the next one begins awake again. Sleeping for eight times
 * as long then made the first epochs of small batches take up to a quarter more; beside other busy
 * processes it took up to a tenth less (docs/training-speed.md).
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

  /** Long waits in a row after which a thread no longer stays awake, at most. */
  static final int MOST_CREDIT = 8;

  private int credit;
  private long begun;
  private long looked;

  /** A wait begins. */
  void begin(long now) {
    begun = now;
    looked = now;
  }

  /** True when the wait that has begun is to be awake. */
  boolean isAwake() {
    return credit > 0;
  }

  /** True when the thread is to look once more. */
  boolean lasts(long now) {
    long passed = now - looked;
    looked = now;
    return passed <= LOST_NANOS && now - begun < MOST_NANOS;
  }

  /** The wait has ended with a request, be it awake or asleep. */
  void end(long now) {
    boolean isShort = now - begun < MOST_NANOS;
    credit = isShort ? Math.min(MOST_CREDIT, credit + 1) : Math.max(0, credit - 1);
  }
}
