package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;

/** The copy on disk of a value is not what was written; the value is lost. */
public final class DamagedCopyException extends ResourceException {
  private static final long serialVersionUID = 1L;

  DamagedCopyException(String message, Throwable cause) {
    super(message, cause);
  }
}
