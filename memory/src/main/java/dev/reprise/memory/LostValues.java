package dev.reprise.memory;

/** Makes cells anew that were lost with an accelerator. */
@FunctionalInterface
public interface LostValues {

  /**
   * Brings the cells to the host with {@link ManagedMatrix#takeCellsOf}, or sees that another
   * thread has. The caller has nothing pinned, no buffer in hand and no turn; it may hold a claim.
   *
   * @throws LostValueException when that cannot be
   */
  void restore(LostValueException lost);
}
