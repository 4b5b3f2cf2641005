package dev.reprise.store;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * Where a team's store is, and who asks.
 *
 * @param uri {@code http} or {@code https}, host and port, without a path
 * @param token of a tenant; never shown
 * @param patience how long the server may take
 */
public record ServerAddress(URI uri, String token, Patience patience) {
  private static final int LONGEST_TOKEN = 512;
  private static final int HIGHEST_PORT = 65_535;

  /**
   * How long a server may take until it counts as gone.
   *
   * @param toConnect until there is a connection
   * @param toAnswer until an answer begins
   */
  public record Patience(Duration toConnect, Duration toAnswer) {
    static final Patience STANDARD = new Patience(Duration.ofSeconds(3), Duration.ofSeconds(30));

    /**
     * Looks at both.
     *
     * @throws IllegalArgumentException when one of both is not positive
     */
    public Patience {
      if (!toConnect.isPositive() || !toAnswer.isPositive()) {
        throw new IllegalArgumentException("a server needs some time to answer");
      }
    }
  }

  public ServerAddress {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean plain = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    if (!(scheme.equals("http") || scheme.equals("https"))
        || uri.getHost() == null
        || uri.getPort() > HIGHEST_PORT
        || !plain
        || uri.getUserInfo() != null
        || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "the address of a store is http://HOST:PORT or https://HOST:PORT, without user, path and"
              + " question");
    }
    if (token == null || token.isBlank()) {
      throw new IllegalArgumentException(
          "the store at "
              + uri.getScheme()
              + "://"
              + uri.getAuthority()
              + " needs a token ('reprise serve token create' makes one): in the environment as"
              + " REPRISE_TOKEN, or in reprise.toml");
    }
    if (token.length() > LONGEST_TOKEN || !isPlain(token)) {
      throw new IllegalArgumentException(
          "what is given as token of the store at "
              + uri.getScheme()
              + "://"
              + uri.getAuthority()
              + " is none: a token is one word as 'reprise serve token create' prints it");
    }
  }

  public ServerAddress(URI uri, String token) {
    this(uri, token, Patience.STANDARD);
  }

  /** The same for a client that waits otherwise: longer, where the machine may stand still. */
  public ServerAddress withPatience(Patience other) {
    return new ServerAddress(uri, token, other);
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
