package dev.reprise.store;

import java.net.URI;
import java.util.Locale;

/**
 * Where a team's store is, and who asks.
 *
 * @param uri {@code http} or {@code https}, host and port, without a path
 * @param token of a tenant; never shown
 */
public record ServerAddress(URI uri, String token) {
  private static final int LONGEST_TOKEN = 512;

  public ServerAddress {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean plain = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    if (!(scheme.equals("http") || scheme.equals("https"))
        || uri.getHost() == null
        || !plain
        || uri.getUserInfo() != null
        || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "the address of a store is http://HOST:PORT or https://HOST:PORT, without user, path and"
              + " question");
    }
    if (token == null || token.isBlank() || token.length() > LONGEST_TOKEN || !isPlain(token)) {
      throw new IllegalArgumentException(
          "the store at "
              + uri.getScheme()
              + "://"
              + uri.getAuthority()
              + " needs a token ('reprise serve token create' makes one): in the environment as"
              + " REPRISE_TOKEN, or in reprise.toml");
    }
  }

  /** True when every character is visible ASCII: a token ends up in a header. */
  private static boolean isPlain(String token) {
    return token.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return uri.getScheme() + "://" + uri.getAuthority();
  }
}
