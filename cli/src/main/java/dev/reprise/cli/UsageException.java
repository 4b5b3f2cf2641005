package dev.reprise.cli;

/** The command was used wrongly; the message is one line for a person. Becomes exit code 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message, null, false, false);
  }
}
