package dev.reprise.engine;

/** The script called {@code stop}. */
final class StopRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StopRequest(String message) {
    super(message, null, false, false);
  }
}
