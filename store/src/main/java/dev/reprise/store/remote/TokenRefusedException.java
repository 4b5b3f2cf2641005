package dev.reprise.store.remote;

import java.io.IOException;

/** The server answers, and does not know the token, or not any more. */
final class TokenRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  TokenRefusedException(String message) {
    super(message);
  }
}
