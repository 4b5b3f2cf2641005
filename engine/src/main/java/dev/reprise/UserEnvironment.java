package dev.reprise;

import dev.reprise.engine.resource.Environment;
import java.nio.file.Path;

/** What the environment of the process says about its user; secrets come this way. */
public final class UserEnvironment {
  private UserEnvironment() {}

  /** {@return the user's folder for settings, such as {@code reprise.toml}} */
  public static Path settingsFolder() {
    return Environment.settingsFolder();
  }

  /** {@return the token for a team's store in {@code REPRISE_TOKEN}, or null} */
  public static String token() {
    return Environment.variable("REPRISE_TOKEN");
  }

  /**
   * How much of a run's time may go into keeping what it computes.
   *
   * @return percent, as {@code REPRISE_STORE_WRITING_PERCENT} says; null when it says nothing
   */
  public static String storeWritingPercent() {
    return Environment.variable("REPRISE_STORE_WRITING_PERCENT");
  }

  /**
   * How a launcher that waits for this process can be told that it need not any more.
   *
   * @return {@code PID DESCRIPTOR} in {@code REPRISE_LEAVING}, or null
   */
  public static String leaving() {
    return Environment.variable("REPRISE_LEAVING");
  }

  /** {@return the password of a server's database in {@code REPRISE_DATABASE_PASSWORD}, or null} */
  public static String databasePassword() {
    return Environment.variable("REPRISE_DATABASE_PASSWORD");
  }
}
