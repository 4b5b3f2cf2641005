package dev.reprise.cache;

import dev.reprise.runtime.Value;

/** The stage of life of an {@link Entry}. */
sealed interface State permits State.Claimed, State.Present, State.OnDisk, State.Idle {

  /**
   * Somebody owes the value. A stack of subscribers, last one first.
   *
   * @param waiter the last subscriber; null at the bottom
   * @param earlier the others; null at the bottom
   */
  record Claimed(Waiter waiter, Claimed earlier) implements State {
    static final Claimed BY_NOBODY_ELSE = new Claimed(null, null);

    /**
     * As the other bottom, of a claim whose owner has all that it needs and is working at this
     * moment: it waits for nothing but memory and the disk, so that any thread may wait for it.
     */
    static final Claimed AT_WORK = new Claimed(null, null);

    boolean isAtWork() {
      Claimed bottom = this;
      while (bottom.earlier != null) {
        bottom = bottom.earlier;
      }
      return bottom == AT_WORK;
    }
  }

  /** The value is in memory; the entry holds one reference to it. */
  sealed interface Present extends State permits Resident, Spilling {
    Value value();
  }

  /** Kept in memory until somebody evicts it. */
  record Resident(Value value) implements Present {}

  /** On its way to the disk; found as if it were resident. */
  record Spilling(Value value) implements Present {}

  /** On disk alone; the entry holds the one reference. Whoever finds it asks for it back. */
  record OnDisk(Value value) implements State {}

  /** No value. */
  enum Idle implements State {
    /** The value was evicted; the entry stays in the map to remember its counts. */
    EVICTED,
    /** The entry has left the map or is about to; final. */
    RETIRED
  }
}
