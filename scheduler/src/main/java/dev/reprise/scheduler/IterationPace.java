package dev.reprise.scheduler;

import dev.reprise.runtime.accelerator.Accelerator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * The pace of a worker whose accelerator holds iterations back to issue them at once (see {@link
 * Accelerator#repeats}): when what is held must be issued as it is, and how many launches and
 * iterations may be under way. The accelerator knows what is held, this knows how long. The
 * worker's alone.
 */
final class IterationPace {
  /** Launches that may be under way; their inputs stay pinned. */
  private static final int MOST_ISSUED = 64;

  /** The same while an iteration is held back, which is bounded by itself. */
  private static final int MOST_HELD = 1024;

  /**
   * How long an iteration is held back when nothing more comes and the device has nothing to do.
   */
  private static final long HELD_NANOS = 1_000_000;

  /**
   * Iterations that may still run when the next one begins. What the one before them left, and they
   * read, is free then: the next one takes that memory.
   */
  private static final int MOST_ITERATIONS = 1;

  /** A loop begins an iteration. */
  record Beginning(Object loop, boolean ended) {}

  private final Accelerator accelerator;
  private final LongSupplier clock;

  // Since when nothing has come, and the device has had nothing to do, while launches are held.
  private long idleSince;

  // Tasks under way whose launches are held back.
  private int held;

  // Iterations issued at once before the one under way began.
  private long replays;

  // Launches so far when the last iterations ended that were issued at once.
  private final Deque<Long> iterations = new ArrayDeque<>();

  IterationPace(Accelerator accelerator) {
    this(accelerator, System::nanoTime);
  }

  /**
   * For tests: with another clock.
   *
   * @param clock nanoseconds
   */
  IterationPace(Accelerator accelerator, LongSupplier clock) {
    this.accelerator = accelerator;
    this.clock = clock;
  }

  /** Launches that may be under way now. */
  int mostIssued() {
    return accelerator.mayHold() ? MOST_HELD : MOST_ISSUED;
  }

  /**
   * Tells the accelerator.
   *
   * @param launched launches so far
   * @return how many of them must have ended before more is issued
   */
  long begin(Beginning iteration, long launched) {
    if (!accelerator.repeats(iteration.loop(), iteration.ended())) {
      // An iteration of the loop around it goes on.
      return 0;
    }
    held = 0;
    long before = replays;
    replays = accelerator.replays();
    if (replays == before) {
      iterations.clear();
      return 0;
    }
    iterations.add(launched);
    return iterations.size() > MOST_ITERATIONS ? iterations.poll() : 0;
  }

  /** Something was launched. */
  void launched() {
    if (accelerator.isHolding()) {
      idleSince = clock.getAsLong();
      held++;
    } else {
      held = 0;
    }
  }

  /**
   * Issues what is held when somebody waits for it, or nothing more has come for a while. What
   * waits behind earlier launches loses nothing while these run.
   *
   * @param underWay tasks launched, or held back, that have not ended
   * @param isPublished whether the value of the last launch was given out
   */
  void issueWhatIsDue(int underWay, boolean isPublished) {
    if (!accelerator.isHolding()) {
      return;
    }
    if (accelerator.isDemanded()) {
      accelerator.issueHeld(true);
    } else if (underWay > held) {
      idleSince = clock.getAsLong();
    } else if (clock.getAsLong() - idleSince > HELD_NANOS) {
      // Somebody may wait for a number, which is not given out before it is there.
      accelerator.issueHeld(!isPublished);
    }
  }
}
