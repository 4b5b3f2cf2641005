package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.nio.ByteBuffer;

/** Keys as the 16 bytes that the database has them in. */
public final class Keys {
  /** Bytes of a key. */
  public static final int LENGTH = 16;

  private Keys() {}

  public static byte[] bytes(Key key) {
    return ByteBuffer.allocate(LENGTH).putLong(key.high()).putLong(key.low()).array();
  }

  public static Key of(byte[] bytes) {
    ByteBuffer halves = ByteBuffer.wrap(bytes);
    return new Key(halves.getLong(), halves.getLong());
  }
}
