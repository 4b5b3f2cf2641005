package dev.reprise.engine.control;

/** The script called {@code stop}. */
public final class StopRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StopRequest(String message) {
    super(message, null, false, false);
  }
}
