package dev.reprise.store.exchange;

import java.io.IOException;

/** Bytes that are no changes. */
public final class MalformedChangeException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedChangeException(String message) {
    super(message);
  }
}
