package dev.reprise.memory;

import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import java.util.List;

/**
 * When the cells are complete that a launch makes, for those who got them at the launch. Later
 * launches on the same accelerator come after it anyway; everybody else waits here.
 *
 * <pre>
 *   PENDING --the worker: {@link #ended}--> DONE
 *      \----- whoever meets it first ----> FAILED: the cells are undefined
 * </pre>
 *
 * <p>The worker decides in the order of the launches, unless a reader has met the failure before. A
 * reader who is earlier waits for the device, not for the worker, which may be the reader itself;
 * and for the launches that made the inputs, since a failure of these makes the cells as undefined
 * as one of its own.
 *
 * <p><b>Threads.</b> {@link #await} by any, {@link #ended} and {@link #failed} by the worker. The
 * mark is released by who leaves last.
 */
public final class Completion {
  private static final Object DONE = new Object();

  private final Mark mark;

  // Launches that made the inputs and had not been decided; null once this one is.
  private volatile List<Completion> inputs;

  // null, DONE or a DeviceException; written once.
  private volatile Object outcome;

  // Somebody has waited for it and for its inputs, so that a chain of launches is walked once.
  private volatile boolean isReached;

  // The worker and those who wait for the mark; guarded by this.
  private int users = 1;

  /**
   * @param mark behind the launch; released by this
   * @param inputs completions of what the launch reads
   */
  public Completion(Mark mark, List<Completion> inputs) {
    this.mark = mark;
    this.inputs = inputs;
  }

  /** True when the cells are complete and the worker knows it. */
  boolean hasEnded() {
    return outcome == DONE;
  }

  /** True when the cells will never be complete. */
  public boolean isFailed() {
    return outcome instanceof DeviceException;
  }

  /**
   * Waits until the cells are complete.
   *
   * @throws DeviceException when they never will be
   */
  public void await() {
    if (outcome == null && !isReached && enter()) {
      try {
        List<Completion> earlier = inputs;
        if (earlier != null) {
          earlier.forEach(Completion::await);
        }
        mark.await();
        isReached = true;
      } catch (DeviceException e) {
        decide(e);
      } finally {
        leave();
      }
    }
    if (outcome instanceof DeviceException failure) {
      throw new DeviceException(failure.getMessage(), failure.isLost());
    }
  }

  private synchronized boolean enter() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  private synchronized void leave() {
    users--;
    if (users == 0) {
      mark.release();
    }
  }

  /**
   * The mark has been reached, and so have those of the inputs.
   *
   * @throws DeviceException when a reader has met a failure
   */
  public void ended() {
    decide(DONE);
    if (outcome instanceof DeviceException failure) {
      throw failure;
    }
    leave();
  }

  public void failed(Throwable error) {
    decide(
        error instanceof DeviceException failure
            ? failure
            : new DeviceException(String.valueOf(error.getMessage()), false));
    leave();
  }

  private synchronized void decide(Object how) {
    if (outcome == null) {
      outcome = how;
    }
    inputs = null;
  }

  /** The failure of an input, or null; by the worker, once it has decided the inputs. */
  public DeviceException failureOfInput() {
    List<Completion> earlier = inputs;
    if (earlier == null) {
      return (DeviceException) outcome;
    }
    for (Completion input : earlier) {
      if (input.outcome instanceof DeviceException failure) {
        return failure;
      }
    }
    return null;
  }
}
