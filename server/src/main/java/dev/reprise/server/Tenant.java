package dev.reprise.server;

import dev.reprise.lineage.Key;
import java.nio.ByteBuffer;

/**
 * Whose request it is.
 *
 * @param space whose rows and files are his
 * @param salt changes every key of that space: also a mistake of ours would not find those of
 *     another
 * @param quotaBytes most that his artifacts may take
 */
record Tenant(long id, String name, long space, Key salt, long quotaBytes) {

  /** A key as the database has it, and back: salting twice is not salting. */
  Key salted(Key key) {
    return new Key(key.high() ^ salt.high(), key.low() ^ salt.low());
  }

  /** The bytes that a key has in the database. */
  byte[] row(Key key) {
    return bytes(salted(key));
  }

  /** The key of a row. */
  Key key(byte[] row) {
    return salted(plain(row));
  }

  static byte[] bytes(Key key) {
    return ByteBuffer.allocate(16).putLong(key.high()).putLong(key.low()).array();
  }

  static Key plain(byte[] row) {
    ByteBuffer halves = ByteBuffer.wrap(row);
    return new Key(halves.getLong(), halves.getLong());
  }
}
