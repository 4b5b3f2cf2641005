package dev.reprise.runtime.gpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The loops that ran on a device lately, with the memory that is kept for their iterations. Where
 * that is wanted elsewhere again and again, nothing is kept any more.
 *
 * <p><b>Threads.</b> Confined to the worker, but for the numbers that anybody may read.
 */
final class RepeatedLoops {
  /** Loops that are remembered, the one used longest ago forgotten first. */
  private static final int MOST_LOOPS = 16;

  /** How often memory that is kept may be wanted elsewhere before nothing is kept any more. */
  private static final int MOST_SHORTAGES = 3;

  /** After so many iterations at once a shortage is forgotten. */
  private static final int FORGIVEN = 100;

  private final Backend device;
  private final Map<Object, RepeatedLoop> loops =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, RepeatedLoop> eldest) {
          boolean tooMany = size() > MOST_LOOPS;
          if (tooMany) {
            eldest.getValue().forget();
          }
          return tooMany;
        }
      };
  private int shortages;

  // Changed by whoever releases a buffer, too.
  private final AtomicLong unused = new AtomicLong();

  // Written by the worker, for reports.
  private volatile long replays;

  RepeatedLoops(Backend device) {
    this.device = device;
  }

  /** What is known of a loop, from now on if not before. */
  RepeatedLoop of(Object key) {
    return loops.computeIfAbsent(key, _ -> new RepeatedLoop(device, unused));
  }

  /** True for a loop whose iterations are so short that they are parts of those around them. */
  boolean isTiny(Object key) {
    RepeatedLoop known = loops.get(key);
    return known != null && known.isTiny();
  }

  /** False when memory was short so often that nothing is kept. */
  boolean mayKeepMemory() {
    return shortages <= MOST_SHORTAGES;
  }

  /** An iteration was issued at once. */
  void replayed() {
    replays++;
    if (replays % FORGIVEN == 0 && shortages > 0) {
      shortages--;
    }
  }

  /** Iterations that were issued at once. Any thread. */
  long replays() {
    return replays;
  }

  /** Buffers that are kept and lie unused. Any thread. */
  long unused() {
    return unused.get();
  }

  /**
   * Gives up the memory that is kept, since it is short; nothing may be held back.
   *
   * @return false when none lay unused
   */
  boolean forgetForRoom() {
    boolean some = unused.get() > 0;
    if (some) {
      shortages++;
    }
    loops.values().forEach(RepeatedLoop::forget);
    return some;
  }

  /** Gives up everything. When the worker has ended. */
  void close() {
    loops.values().forEach(RepeatedLoop::forget);
    loops.clear();
  }
}
