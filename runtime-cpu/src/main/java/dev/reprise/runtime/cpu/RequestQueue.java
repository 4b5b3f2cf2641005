package dev.reprise.runtime.cpu;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Requests for help, whose takers stay awake for a moment while requests come in quick succession.
 * A sleeping thread takes 5 to 15 microseconds to come, and 30 to 50 when its processor sleeps,
 * too; one that is awake takes less than one. Small kernels take no longer than that themselves.
 *
 * <p>Callers add a request under the lock of the queue and then count it in {@code added}. A taker
 * that is awake reads the count alone, and takes under the lock once it has changed, so that takers
 * and callers do not wait for each other at the lock. When its {@link Patience} ends, it sleeps in
 * the queue as takers usually do, and that is where it finds what was added since its last look, or
 * that it was interrupted. So being awake changes when a request is taken, not whether. Nobody ever
 * waits for a taker that is awake.
 */
final class RequestQueue extends ArrayBlockingQueue<Runnable> {
  private static final long serialVersionUID = 1L;

  /** Looks at the count between two looks at the clock: some 0.3 us. */
  private static final int LOOKS = 32;

  private final transient LongSupplier clock;
  private final transient Runnable giveWay;

  // Publishes nothing but that a look into the queue is worth while.
  private final transient AtomicLong added = new AtomicLong();

  // Written and read by its taker alone.
  private final transient ThreadLocal<Patience> patience = ThreadLocal.withInitial(Patience::new);

  RequestQueue(int capacity) {
    this(capacity, System::nanoTime, Thread::yield);
  }

  /**
   * A queue with another clock.
   *
   * @param clock nanoseconds
   * @param giveWay lets another thread that waits for this processor have it
   */
  RequestQueue(int capacity, LongSupplier clock, Runnable giveWay) {
    super(capacity);
    this.clock = clock;
    this.giveWay = giveWay;
  }

  /** Adds a request unless there is no room. */
  @Override
  public boolean offer(Runnable request) {
    boolean accepted = super.offer(request);
    added.incrementAndGet();
    return accepted;
  }

  /** Removes the oldest request, which it waits for: awake at first if that was good before. */
  @Override
  public Runnable take() throws InterruptedException {
    Patience mine = patience.get();
    mine.begin(clock.getAsLong());
    Runnable request = mine.isAwake() ? takeAwake(mine) : poll();
    if (request == null) {
      request = super.take();
    }
    mine.end(clock.getAsLong());
    return request;
  }

  /** A request, or null when patience ended first. */
  private Runnable takeAwake(Patience mine) {
    long seen = added.get();
    Runnable request = poll();
    while (request == null && mine.lasts(clock.getAsLong())) {
      for (int look = 0; look < LOOKS && added.get() == seen; look++) {
        Thread.onSpinWait();
      }
      long now = added.get();
      if (now == seen) {
        giveWay.run();
      } else {
        // The count is read before the queue, so that no request is counted as seen and not found.
        seen = now;
        request = poll();
      }
    }
    return request;
  }
}
