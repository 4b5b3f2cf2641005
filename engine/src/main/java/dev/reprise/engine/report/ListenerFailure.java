package dev.reprise.engine.report;

/**
 * What a listener or an output of the caller's threw: no mistake of the script, and no bug of ours.
 */
public final class ListenerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param who as a person calls it
   */
  ListenerFailure(String who, Throwable cause) {
    super("the session's " + who + " failed: " + cause, cause, false, false);
  }
}
