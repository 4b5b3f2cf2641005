package dev.reprise.store;

import dev.reprise.runtime.ResourceException;

/** The store cannot be opened, read or written; the message says which part and what to try. */
public final class StoreException extends ResourceException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
