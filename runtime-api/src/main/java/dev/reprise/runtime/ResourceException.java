package dev.reprise.runtime;

/** A resource ran out: memory of a location, disk space, threads. Becomes exit code 3. */
public class ResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ResourceException(String message) {
    super(message);
  }

  public ResourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
