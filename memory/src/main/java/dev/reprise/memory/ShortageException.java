package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;

/** The host budget cannot supply what was asked for now. */
public final class ShortageException extends ResourceException {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  /**
   * @param mayPass whether it could help that others give back what they use
   */
  ShortageException(String message, boolean mayPass) {
    super(message);
    this.mayPass = mayPass;
  }

  boolean mayPass() {
    return mayPass;
  }

  /**
   * True when a failure goes back to a shortage that may pass once others give back what they use.
   */
  public static boolean mayPass(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ShortageException shortage) {
        return shortage.mayPass;
      }
    }
    return false;
  }
}
