package dev.reprise.engine.thread;

import java.util.concurrent.CancellationException;

/**
 * Tells a control thread to stop at its next safe point. Child cancellations (parfor workers) also
 * observe their parents.
 */
public final class Cancellation {
  private final Cancellation parent;

  // Written by whoever cancels; publishes nothing but itself.
  private volatile boolean cancelled;

  /**
   * @param parent which cancels this, too; null for none
   */
  public Cancellation(Cancellation parent) {
    this.parent = parent;
  }

  /** Tells all who look at this, or at a child of it, to stop; any thread. */
  public void cancel() {
    cancelled = true;
  }

  /** True once this or a parent was cancelled. */
  public boolean isCancelled() {
    return cancelled || (parent != null && parent.isCancelled());
  }

  /**
   * A safe point.
   *
   * @throws CancellationException when cancelled
   */
  public void check() {
    if (isCancelled()) {
      throw new CancellationException("cancelled");
    }
  }
}
