package dev.reprise.cache;

import dev.reprise.lineage.Key;

/** What is known of an entry; a live view, each number correct at some moment. */
public interface EntryFacts {

  Key key();

  /** Measured time of computing the value. */
  long costNanos();

  /** Height of the lineage item above the leaves. */
  long height();

  /** Bytes that the entry is charged with. */
  long bytes();

  /** Probes that found the value. */
  long hits();

  /** Probes that did not, those before an earlier eviction included. */
  long misses();

  /** Logical time of the first admission; those before the key was last forgotten are not known. */
  long firstAccess();

  /** Logical time of the last hit, claim or admission. */
  long lastAccess();
}
