package dev.reprise.memory;

/** Who can give memory back under pressure; the cache is one. */
@FunctionalInterface
public interface Reclaimer {

  /**
   * Releases values that nobody uses, at least {@code bytes} in sum if there are so many. Called
   * with no lock held, from any thread, also from several at once.
   *
   * @return bytes given back, or about to be by another thread; 0 when there is nothing left to
   *     give
   */
  long reclaim(long bytes);

  /** What {@link #reclaim} would give up for so many bytes; a guess, nothing is held for it. */
  default Outlook outlook(long bytes) {
    return Outlook.NOTHING;
  }
}
