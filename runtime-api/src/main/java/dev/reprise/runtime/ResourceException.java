package dev.reprise.runtime;

import java.util.Locale;

/** A resource ran out: memory of a location, disk space, threads. Becomes exit code 3. */
public class ResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A resource that ran out.
   *
   * @param message which, how much was asked for, and what to try
   */
  public ResourceException(String message) {
    super(message);
  }

  /**
   * A resource that ran out, as somebody else has found.
   *
   * @param message which, and what to try
   * @param cause what was found
   */
  public ResourceException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * True when what a file system says means that there is no room.
   *
   * @param reason null when it says nothing
   * @return false also when it says nothing
   */
  public static boolean isFullDisk(String reason) {
    String lower = lower(reason);
    return lower.contains("no space left") || lower.contains("quota exceeded");
  }

  /**
   * Likewise that there is none for such a large file.
   *
   * @param reason null when it says nothing
   * @return false also when it says nothing
   */
  public static boolean isTooLargeFile(String reason) {
    return lower(reason).contains("file too large");
  }

  private static String lower(String reason) {
    return reason == null ? "" : reason.toLowerCase(Locale.ROOT);
  }
}
