package dev.reprise.engine.report;

/** What a listener of the caller's threw: no mistake of the script, and no bug of ours. */
public final class ListenerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenerFailure(Throwable cause) {
    super("the session's progress listener failed: " + cause, cause, false, false);
  }
}
