package dev.reprise.cache;

/**
 * Counts of a cache since it was made, and what it holds now.
 *
 * @param entries values held
 * @param bytes bytes they are charged with
 * @param hits probes and look-ups that found a value
 * @param misses probes that became claims
 * @param waits probes that subscribed to a claim
 * @param admitted values kept
 * @param rejected values completed but not kept
 * @param evictions values dropped
 * @param takeovers claims that passed to a subscriber
 * @param abandoned claims given up with nobody to take over
 * @param failed claims that ended in an error
 * @param savedNanos sum of the costs of the values that hits found
 */
public record CacheStatistics(
    long entries,
    long bytes,
    long hits,
    long misses,
    long waits,
    long admitted,
    long rejected,
    long evictions,
    long takeovers,
    long abandoned,
    long failed,
    long savedNanos) {}
