package dev.reprise.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.reprise.UserEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Settings that a person writes down once, in {@code reprise.toml} of the working folder, and of
 * the folder for the user's settings:
 *
 * <pre>
 *   store = "https://reprise.example.org"         # or a folder, seen from the file's own
 *   [tokens]
 *   "https://reprise.example.org" = "rp_..."
 *   [serve]
 *   database = "jdbc:postgresql://localhost/reprise"
 *   user = "reprise"
 *   password = "..."
 * </pre>
 *
 * <p>The file of the working folder goes first. A token belongs to an address, so that a project's
 * file cannot have it sent elsewhere.
 */
final class RepriseFile {
  private static final String NAME = "reprise.toml";
  private static final Set<String> KNOWN = Set.of("store", "tokens", "serve");

  private final List<Read> files;

  private record Read(Path file, JsonNode content, boolean isOfFolder) {}

  private RepriseFile(List<Read> files) {
    this.files = files;
  }

  /** Those of the user who runs this, here. */
  static RepriseFile ofUser() {
    return of(Path.of("").toAbsolutePath(), UserEnvironment.settingsFolder());
  }

  /**
   * @param folders in which to look, the first one first
   * @throws UsageException when a file is not what it should be
   */
  static RepriseFile of(Path... folders) {
    List<Read> files = new ArrayList<>();
    for (int i = 0; i < folders.length; i++) {
      Path folder = folders[i];
      Path file = folder.resolve(NAME);
      // Most people have none: no class of the parser is loaded for them.
      if (Files.isRegularFile(file)) {
        files.add(new Read(file, parsed(file), i == 0 && folders.length > 1));
      }
    }
    return new RepriseFile(files);
  }

  private static JsonNode parsed(Path file) {
    try {
      JsonNode content = new TomlMapper().readTree(file.toFile());
      content
          .fieldNames()
          .forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
              throw new UsageException(
                  file + ": '" + name + "' is unknown; there are store, [tokens], [serve]");
            }
          });
      return content;
    } catch (JacksonException e) {
      // The message would quote the line, which may hold a token.
      throw new UsageException(
          file
              + " is no TOML"
              + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr()));
    } catch (IOException e) {
      throw new UsageException(file + " cannot be read: " + Failures.reason(e));
    }
  }

  /** Folder or address of the store, or null. */
  String store() {
    for (Read each : files) {
      String store = text(each, "/store");
      if (store != null) {
        return StoreChoice.isServer(store)
            ? store
            : each.file.resolveSibling(Path.of(store)).toString();
      }
    }
    return null;
  }

  /** True for a store that the working folder's file names and the user's own does not. */
  boolean isNamedByFolderAlone(String address) {
    boolean byFolder = false;
    for (Read each : files) {
      String store = text(each, "/store");
      if (store != null && (store.equals(address) || store.equals(address + "/"))) {
        if (!each.isOfFolder) {
          return false;
        }
        byFolder = true;
      }
    }
    return byFolder;
  }

  /** The token for an address, or null. */
  String token(String address) {
    for (Read each : files) {
      JsonNode token = each.content.path("tokens").path(address);
      if (token.isTextual()) {
        return token.textValue();
      }
    }
    return null;
  }

  /**
   * The server's database.
   *
   * @param url null when no file names one
   * @param isForeign the working folder's file alone names it: secrets of the user that lie
   *     elsewhere are not for it
   */
  record ServedDatabase(String url, String user, String password, boolean isForeign) {}

  /** The database that files name, with the user and the password of the same file. */
  ServedDatabase servedDatabase() {
    ServedDatabase found = null;
    for (Read each : files) {
      String url = text(each, "/serve/database");
      if (url == null) {
        continue;
      }
      if (found == null) {
        found =
            new ServedDatabase(
                url, text(each, "/serve/user"), text(each, "/serve/password"), each.isOfFolder);
      } else if (found.url.equals(url)) {
        found =
            new ServedDatabase(
                url,
                found.user == null ? text(each, "/serve/user") : found.user,
                found.password == null ? text(each, "/serve/password") : found.password,
                false);
      }
    }
    return found == null ? new ServedDatabase(null, null, null, false) : found;
  }

  /** A setting of {@code [serve]}, or null. */
  String serve(String name) {
    for (Read each : files) {
      String value = text(each, "/serve/" + name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static String text(Read from, String where) {
    JsonNode found = from.content.at(where);
    if (found.isMissingNode()) {
      return null;
    }
    if (!found.isTextual()) {
      throw new UsageException(from.file + ": " + where.substring(1) + " must be a text");
    }
    return found.textValue();
  }
}
