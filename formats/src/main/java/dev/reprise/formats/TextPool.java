package dev.reprise.formats;

import java.nio.charset.StandardCharsets;

/**
 * Gives equal bytes the same string most of the time, so that a column of categories costs one
 * string per category. A direct-mapped table: a collision only costs a new string. One thread.
 */
final class TextPool {
  private static final int SLOTS = 1 << 12;
  private static final int LONGEST = 32;

  private final String[] texts = new String[SLOTS];
  private final byte[][] keys = new byte[SLOTS][];

  String text(byte[] bytes, int from, int end) {
    int length = end - from;
    if (length > LONGEST) {
      return new String(bytes, from, length, StandardCharsets.UTF_8);
    }
    int hash = length;
    for (int i = from; i < end; i++) {
      hash = hash * 31 + bytes[i];
    }
    int slot = (hash ^ hash >>> 15) & SLOTS - 1;
    byte[] key = keys[slot];
    if (key == null || !java.util.Arrays.equals(key, 0, key.length, bytes, from, end)) {
      key = java.util.Arrays.copyOfRange(bytes, from, end);
      keys[slot] = key;
      texts[slot] = new String(key, StandardCharsets.UTF_8);
    }
    return texts[slot];
  }
}
