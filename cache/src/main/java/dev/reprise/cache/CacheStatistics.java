package dev.reprise.cache;

import dev.reprise.cache.CacheEvents.Eviction;
import java.util.Map;

/**
 * Counts of a cache since it was made, and what it holds now.
 *
 * @param entries values held in memory
 * @param bytes bytes they are charged with
 * @param diskEntries values held on disk alone
 * @param diskBytes bytes they are charged with
 * @param hits probes and look-ups that found a value
 * @param misses probes that became claims
 * @param waits probes that subscribed to a claim
 * @param admitted values kept
 * @param rejected values completed but not kept
 * @param evictionsByReason values dropped, every reason named
 * @param evictionNanos time that threads in need of room took to choose victims and to let go of
 *     them, waits for the disk included; not the work of the disk's own thread
 * @param spills values moved to disk
 * @param restores values brought back
 * @param takeovers claims that passed to a subscriber
 * @param abandoned claims given up with nobody to take over
 * @param failed claims that ended in an error
 * @param groups calls and blocks that can be skipped, as far as is known
 * @param groupsBroken such that could be until one of their values was dropped
 * @param savedNanos sum of the costs of the values that hits found
 */
public record CacheStatistics(
    long entries,
    long bytes,
    long diskEntries,
    long diskBytes,
    long hits,
    long misses,
    long waits,
    long admitted,
    long rejected,
    Map<Eviction, Long> evictionsByReason,
    long evictionNanos,
    long spills,
    long restores,
    long takeovers,
    long abandoned,
    long failed,
    long groups,
    long groupsBroken,
    long savedNanos) {

  public CacheStatistics {
    evictionsByReason = Map.copyOf(evictionsByReason);
  }

  /** Values dropped for any reason. */
  public long evictions() {
    return evictionsByReason.values().stream().mapToLong(Long::longValue).sum();
  }
}
