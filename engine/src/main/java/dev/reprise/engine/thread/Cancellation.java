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

  public Cancellation(Cancellation parent) {
    this.parent = parent;
  }

  public void cancel() {
    cancelled = true;
  }

  public boolean isCancelled() {
    return cancelled || (parent != null && parent.isCancelled());
  }

  public void check() {
    if (isCancelled()) {
      throw new CancellationException("cancelled");
    }
  }
}
