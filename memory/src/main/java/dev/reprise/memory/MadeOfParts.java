package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;

/**
 * What keeps the values that it is made of until somebody asks for the whole; these may be absent.
 */
public interface MadeOfParts {
  /** Whether nothing has to be loaded or computed before the whole can be put together. */
  boolean isThere();

  /**
   * Sees that all parts are there. The caller holds a reference, and nothing else: see {@link
   * AbsentValue#make()}.
   *
   * @throws ResourceException when that is not possible now
   */
  void makeParts();
}
