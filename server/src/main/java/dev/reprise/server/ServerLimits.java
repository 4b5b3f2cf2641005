package dev.reprise.server;

/**
 * What clients may take.
 *
 * @param requestSeconds most that sending one request may last
 * @param takingSeconds most that a client may need to take one answer, from when it is worked out
 * @param connections open at a time; more are refused
 * @param requestsAtOnce that are worked on; more are told to come back
 */
public record ServerLimits(
    int requestSeconds, int takingSeconds, int connections, int requestsAtOnce) {
  public static final ServerLimits STANDARD = new ServerLimits(30, 30, 2_000, 256);

  /** Most that are worked on for one space: others must find room. */
  int requestsOfOneSpace() {
    return Math.max(1, requestsAtOnce * 3 / 4);
  }

  /**
   * Tells the JDK's server, which takes its limits from system properties alone, and once in a
   * process: before the first server is made.
   */
  void tell() {
    put("sun.net.httpserver.maxReqTime", requestSeconds);
    // Counted there from when the request has arrived, so that work takes its part: StoreServer has
    // the limit for an answer.
    put("sun.net.httpserver.maxRspTime", -1);
    put("sun.net.httpserver.idleInterval", 60);
    put("sun.net.httpserver.maxReqHeaders", 50);
    put("sun.net.httpserver.maxReqHeaderSize", 16 << 10);
    put("jdk.httpserver.maxConnections", connections);
  }

  private static void put(String name, int value) {
    System.setProperty(name, Integer.toString(value));
  }
}
