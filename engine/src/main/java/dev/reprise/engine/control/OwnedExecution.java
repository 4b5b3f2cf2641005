package dev.reprise.engine.control;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An execution of a call or block for whose end other threads may wait, in order to find what it
 * left; and those around it, of which it is a part.
 *
 * <pre>
 *   OPEN --somebody waits for it--> AWAITED      its thread waits for no other execution
 *     \----its thread waits-------> CLOSED       nobody waits for it any more
 * </pre>
 *
 * <p><b>No deadlock.</b> Whoever is waited for does not wait for another execution, nor do the
 * workers of a parfor inside of it, and of the two arrows one alone is taken. What else it waits
 * for are operations: tasks that need no control thread. Who waits has no claim in hand. He holds
 * the variables of his activation, though, so memory may become short for whom he waits for: that
 * ends as any shortage, since a worker of a parfor gives up its iteration.
 *
 * <p>Any thread may call {@link #await}, and those that work on it {@link #end}; the others belong
 * to the thread that owns it.
 */
public final class OwnedExecution {
  private enum State {
    OPEN,
    AWAITED,
    CLOSED
  }

  /** How often who waits looks whether he is to stop. */
  private static final long LOOK_MILLIS = 20;

  private final OwnedExecution around;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param around what its thread executes already, or the thread that has entered the parfor that
   *     it works on; or null
   */
  public OwnedExecution(OwnedExecution around) {
    this.around = around;
  }

  public OwnedExecution around() {
    return around;
  }

  /**
   * Waits until it has ended.
   *
   * @param owned what the waiting thread executes itself; or null
   * @param safePoint throws when the waiting thread is to stop
   * @return true when it has ended; false, at once, where somebody waits for what this thread
   *     executes, or its owner waits
   */
  public boolean await(OwnedExecution owned, Runnable safePoint) {
    if (ended.getCount() == 0) {
      return true;
    }
    for (OwnedExecution each = owned; each != null; each = each.around) {
      if (!each.become(State.CLOSED)) {
        return false;
      }
    }
    if (!become(State.AWAITED)) {
      return false;
    }
    try {
      while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        safePoint.run();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private boolean become(State next) {
    return state.compareAndSet(State.OPEN, next) || state.get() == next;
  }

  /**
   * It has ended, or goes on and is known to leave nothing: what it left can be found now, or never
   * will be. May be said several times, and by workers of a parfor inside of it.
   */
  public void end() {
    ended.countDown();
  }
}
