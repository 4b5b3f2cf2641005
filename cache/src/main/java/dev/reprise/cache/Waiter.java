package dev.reprise.cache;

import dev.reprise.memory.Handle;

/**
 * A subscription to a value that somebody else computes: a handle to complete, and the recipe to
 * compute the value with in case the owner gives up. Methods are called by the thread that ends the
 * claim, with no lock held.
 */
public interface Waiter {

  /** The handle that receives the value; always the same one. May be cancelled at any time. */
  Handle handle();

  /**
   * Makes this waiter the owner: it computes the value, completes the claim and its own handle.
   * Must not compute here but submit the work; the claim may be completed on another thread. If
   * this throws, the handle fails with the error and the claim passes on.
   */
  void takeOver(Claim claim);

  /** False when the value is no longer wanted, so that the waiter must not become owner. */
  default boolean isLive() {
    return !handle().isDone() && handle().isReferenced();
  }

  /**
   * The waiter was made for a probe that found the value ready after all: it will never be called
   * again, and its handle never completed. Gives back what the recipe holds.
   */
  default void discard() {}
}
