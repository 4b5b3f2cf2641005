package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;

/**
 * An operation has met cells that are not there yet; {@link HostMemory#run} has them made and runs
 * it again.
 */
public final class AbsentValueException extends ResourceException {
  private static final long serialVersionUID = 1L;

  private final transient AbsentValue<?> value;

  AbsentValueException(AbsentValue<?> value) {
    super("the cells of " + value + " are not there yet");
    this.value = value;
  }

  /**
   * Sees that the cells are there. The caller holds a reference to what he pinned, has nothing
   * pinned any more, no buffer in hand and no turn.
   */
  public void make() {
    value.make();
  }
}
