package dev.reprise.engine.seed;

import java.util.function.LongSupplier;

/**
 * What the inputs of a conversation draw from: each another base, the same ones in a conversation
 * with the same seed. An input that resumes a checkpoint hands on what follows from that:
 *
 * <pre>
 *   resume --&gt; loop in the same input                 --&gt; next input: the base after that one
 *          --&gt; (no such loop) --&gt; loop in a later input --&gt; likewise
 * </pre>
 *
 * <p>Owned by the thread that runs the inputs.
 */
public final class InputSeeds {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final LongSupplier base;
  private long inputs;

  /** What the next input goes on with; null when it draws from a base of its own. */
  private Following next;

  /**
   * @param place of a checkpoint whose loop has not been entered again; null when there is none
   */
  private record Following(long base, long count, SeedTrail.Place place) {
    Following after() {
      return new Following(base + STEP, 0, null);
    }
  }

  /**
   * @param base of the first input; asked for each
   */
  public InputSeeds(LongSupplier base) {
    this.base = base;
  }

  /** What the input draws from that begins now. */
  public ThreadSeeds begin() {
    if (next == null) {
      return ThreadSeeds.of(base.getAsLong() + STEP * inputs++);
    }
    SeedSource source = new SeedSource(next.base);
    source.resume(next.base, next.count);
    return new ThreadSeeds(source, SeedTrail.goingOn(next.place));
  }

  /**
   * The input has ended, well or not.
   *
   * @param first what it began to draw from
   */
  public void ended(ThreadSeeds seeds, long first) {
    SeedTrail.Place place = seeds.trail().waiting();
    long last = seeds.source().base();
    if (place != null) {
      next = new Following(last, seeds.source().count(), place);
    } else if (!seeds.trail().isInLoop() && last != first) {
      next = new Following(last, 0, null).after();
    } else if (next != null) {
      next = next.after();
    }
  }
}
