package dev.reprise.cache;

import dev.reprise.runtime.Value;

/** The stage of life of an {@link Entry}; where the value's cells are is the value's affair. */
sealed interface State permits State.Claimed, State.Resident, State.Idle {

  /**
   * Somebody owes the value. A stack of subscribers, last one first.
   *
   * @param waiter the last subscriber; null at the bottom
   * @param earlier the others; null at the bottom
   */
  record Claimed(Waiter waiter, Claimed earlier) implements State {
    static final Claimed BY_NOBODY_ELSE = new Claimed(null, null);
  }

  /** The value is there; the entry holds one reference to it. */
  record Resident(Value value) implements State {}

  /** No value. */
  enum Idle implements State {
    /** The value was evicted; the entry stays in the map to remember its counts. */
    EVICTED,
    /** The entry has left the map or is about to; final. */
    RETIRED
  }
}
