package dev.reprise.store;

import dev.reprise.lineage.Key;

/**
 * A value that the store has.
 *
 * @param key what it is found by
 * @param hash fingerprint of its bytes, the name of its file
 * @param bytes of its content
 * @param costNanos what computing it took
 * @param content its bytes when they lie in the database; null when they lie in a file. Not to be
 *     changed
 */
public record Artifact(Key key, Key hash, long bytes, long costNanos, byte[] content) {
  /** Up to this size content lies in the database: opening a file costs more than reading it. */
  public static final int LARGEST_INLINE_BYTES = 8 << 10;

  public boolean isInline() {
    return content != null;
  }
}
