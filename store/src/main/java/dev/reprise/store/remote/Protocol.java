package dev.reprise.store.remote;

/** What clients and the server agree on, besides the form of {@code exchange}. */
public final class Protocol {
  /** What a server answers to a greeting before its version. */
  public static final String GREETING = "reprise store ";

  /** The header by which a client names itself, with 32 hexadecimal digits. */
  public static final String SESSION = "Reprise-Session";

  /**
   * The header that numbers the requests of a client: one that comes a second time, since its
   * connection broke, has its number again.
   */
  public static final String REQUEST = "Reprise-Request";

  /**
   * From 2 on a server takes and gives contents in pieces; from 3 on it knows costs by classes of
   * devices; from 4 on where values came from.
   */
  public static final int VERSION = 4;

  /** The first version that takes and gives contents in pieces. */
  static final int WITH_PIECES = 2;

  /** The first version that knows costs by classes of devices. */
  static final int WITH_COSTS = 3;

  /** The first version that tells where values came from. */
  static final int WITH_ORIGINS = 4;

  /** Costs, histories or artifacts of at most so many values are asked for at a time. */
  public static final int MOST_VALUES = 5_000;

  /** Values on each side of one whose origin is asked for. */
  public static final int MOST_AROUND = 1_000;

  /** Contents travel in parts of at most this size, so that every request is short. */
  public static final int PART_BYTES = 4 << 20;

  /** A request has at most this many bytes. */
  public static final int MOST_REQUEST_BYTES = 8 << 20;

  /** Pieces that one request asks for. */
  public static final int MOST_PIECES = 4_096;

  /** Records and traces longer than this are not sent. */
  public static final int LONGEST_RECORD_BYTES = 6 << 20;

  /** How often a client with claims says that it lives. */
  public static final long BEAT_MILLIS = 200;

  /** A client that was silent so long is taken for dead. */
  public static final long LEASE_MILLIS = 800;

  private Protocol() {}
}
