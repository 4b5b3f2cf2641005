package dev.reprise.cli;

import dev.reprise.UserEnvironment;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreConfig;
import java.net.URI;
import java.nio.file.Path;

/** Which store a person means: words of the command line, then {@code reprise.toml}. */
final class StoreChoice {
  /** Instead of a store: none, also where a file names one. */
  static final String NONE = "none";

  private StoreChoice() {}

  static boolean isServer(String where) {
    return where.matches("(?i)https?://.*");
  }

  /**
   * The settings with the store that is meant, or with none.
   *
   * @param file names a store for those who name none
   */
  static Settings settled(Settings settings, RepriseFile file) {
    String where = settings.store() == null ? file.store() : settings.store();
    return settings.withStore(NONE.equals(where) ? null : where);
  }

  /**
   * @throws UsageException when it cannot be a store
   */
  static StoreConfig config(String where, RepriseFile file) {
    if (!isServer(where)) {
      return StoreConfig.of(Path.of(where).toAbsolutePath());
    }
    return StoreConfig.of(server(where, file, UserEnvironment.token()));
  }

  /**
   * @param fromEnvironment goes before one in a file; null for none
   */
  static ServerAddress server(String where, RepriseFile file, String fromEnvironment) {
    String address = where.endsWith("/") ? where.substring(0, where.length() - 1) : where;
    try {
      String token = fromEnvironment == null ? file.token(address) : fromEnvironment;
      return new ServerAddress(URI.create(address), token);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--store: " + e.getMessage());
    }
  }
}
