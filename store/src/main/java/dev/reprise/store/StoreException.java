package dev.reprise.store;

import dev.reprise.runtime.ResourceException;

/** The store cannot be opened, read or written; the message says which part and what to try. */
public sealed class StoreException extends ResourceException permits UnknownNameException {
  private static final long serialVersionUID = 1L;

  private final boolean passing;

  public StoreException(String message) {
    this(message, null);
  }

  public StoreException(String message, Throwable cause) {
    this(message, cause, false);
  }

  /**
   * @param passing whether the same may succeed a little later
   */
  public StoreException(String message, Throwable cause, boolean passing) {
    super(message, cause);
    this.passing = passing;
  }

  /** True when somebody else was in the way. */
  public boolean isPassing() {
    return passing;
  }
}
