package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;

/** A value that may be kept, until it has been written or dropped. */
public interface Content {
  /** About how many bytes it takes in memory and as a file. */
  long bytes();

  /** So many bytes of a matrix take about as long to write. */
  default long writingBytes() {
    return bytes();
  }

  /**
   * Writes all of it; returns the fingerprint of what was written.
   *
   * @throws dev.reprise.runtime.ResourceException when that is not possible now: it is not kept
   */
  Written writeTo(ContentOutput out) throws IOException;

  /** True when others wait for it to be kept. */
  default boolean isAwaited() {
    return false;
  }

  /** It is kept later, or never: whoever waits for it need not. */
  default void postpone() {}

  /** Gives up the value; called once, also after a failure. */
  void release();

  /**
   * @param hash fingerprint of the bytes
   */
  record Written(Key hash, long bytes) {}
}
