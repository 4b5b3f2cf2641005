package dev.reprise.runtime.operation;

import dev.reprise.runtime.Value;

/** A value that is being computed; type and shape may be known already. */
public interface PendingValue extends Value {

  /** {@return what is known of the value, or null} */
  Meta meta();

  @Override
  default boolean isPending() {
    return true;
  }
}
