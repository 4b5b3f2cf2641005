package dev.reprise.runtime;

import java.util.Locale;

/** A resource ran out: memory of a location, disk space, threads. Becomes exit code 3. */
public class ResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ResourceException(String message) {
    super(message);
  }

  public ResourceException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * True when what a file system says means that there is no room.
   *
   * @param reason null when it says nothing
   */
  public static boolean isFullDisk(String reason) {
    String lower = lower(reason);
    return lower.contains("no space left") || lower.contains("quota exceeded");
  }

  /** Likewise that there is none for such a large file. */
  public static boolean isTooLargeFile(String reason) {
    return lower(reason).contains("file too large");
  }

  private static String lower(String reason) {
    return reason == null ? "" : reason.toLowerCase(Locale.ROOT);
  }
}
