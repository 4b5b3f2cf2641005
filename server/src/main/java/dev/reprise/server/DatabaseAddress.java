package dev.reprise.server;

/**
 * Where the graph is.
 *
 * @param url as in {@code jdbc:postgresql://host:5432/reprise}
 * @param user or null
 * @param password or null; never shown
 */
public record DatabaseAddress(String url, String user, String password) {
  public DatabaseAddress {
    if (url == null || !url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "the database of a team's store is jdbc:postgresql://HOST:PORT/NAME");
    }
  }

  /** Without user and password, also those that the address holds. */
  @Override
  public String toString() {
    int question = url.indexOf('?');
    return question < 0 ? url : url.substring(0, question);
  }
}
