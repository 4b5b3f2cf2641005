package dev.reprise.engine;

import java.util.concurrent.CancellationException;

/**
 * Tells a control thread to stop at its next safe point. Child cancellations (parfor workers) also
 * observe their parents.
 */
final class Cancellation {
  private final Cancellation parent;

  // Written by whoever cancels; publishes nothing but itself.
  private volatile boolean cancelled;

  Cancellation(Cancellation parent) {
    this.parent = parent;
  }

  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled || (parent != null && parent.isCancelled());
  }

  void check() {
    if (isCancelled()) {
      throw new CancellationException("cancelled");
    }
  }
}
