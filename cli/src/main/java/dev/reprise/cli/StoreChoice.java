package dev.reprise.cli;

import dev.reprise.UserEnvironment;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which store a person means: words of the command line, then {@code reprise.toml}. */
final class StoreChoice {
  /** Instead of a store: none, also where a file names one. */
  static final String NONE = "none";

  /** As in {@code localhost:7733}. */
  private static final String HOST_AND_PORT = "[A-Za-z0-9][A-Za-z0-9.-]*:\\d{2,5}";

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
    if (where.isBlank()) {
      throw new UsageException("--store needs a folder, or the address of a server (or: none)");
    }
    if (!isServer(where)) {
      if (where.matches("[A-Za-z][A-Za-z0-9+.-]*://.*")) {
        throw new UsageException(
            "--store: '" + where + "' is no folder, and servers are reached by http or https");
      }
      if (where.matches(HOST_AND_PORT) && !Files.exists(Path.of(where))) {
        throw new UsageException(
            "--store: '"
                + where
                + "' looks like the address of a server; write http://"
                + where
                + ", or ./"
                + where
                + " for a folder of that name");
      }
      // Not whether it can be written to: what others have left may be read nevertheless.
      OutputPlaces.existing("--store", Path.of(where));
      return StoreConfig.of(Path.of(where).toAbsolutePath());
    }
    return StoreConfig.of(server(where, file, UserEnvironment.token()));
  }

  /**
   * @param fromEnvironment goes before one in a file, but not to an address that the working
   *     folder's file alone names: whoever gave the folder away could collect tokens; null for none
   */
  static ServerAddress server(String where, RepriseFile file, String fromEnvironment) {
    String address = where.endsWith("/") ? where.substring(0, where.length() - 1) : where;
    try {
      boolean isForeign = file.isNamedByFolderAlone(address);
      String token = fromEnvironment == null || isForeign ? file.token(address) : fromEnvironment;
      if (token == null && isForeign && fromEnvironment != null) {
        throw new UsageException(
            "the reprise.toml of this folder names the store "
                + address
                + ", to which REPRISE_TOKEN is not sent; if you trust it, name it in your own"
                + " reprise.toml in ~/.config/reprise, as store or under [tokens]");
      }
      return new ServerAddress(URI.create(address), token);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--store: " + e.getMessage());
    }
  }
}
