package dev.reprise.store;

import java.io.IOException;

/** What was kept is not what it was: it is to be computed again, and replaced. */
public final class DamagedContentException extends IOException {
  private static final long serialVersionUID = 1L;

  public DamagedContentException(String message) {
    super(message);
  }
}
