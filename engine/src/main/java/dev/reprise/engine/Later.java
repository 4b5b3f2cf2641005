package dev.reprise.engine;

import dev.reprise.runtime.Value;

/**
 * Hears of a result that was not there at once: exactly one of {@link #completed} and {@link
 * #failed} is called, on any thread.
 */
interface Later {

  /** False when nobody wants the result any more. */
  boolean isWanted();

  /** Takes the result's reference over. */
  void completed(Value value);

  void failed(Throwable error);
}
