/**
 * How good eviction is, on what real programs asked the cache for.
 *
 * <pre>{@code
 * workload --(reuse full, one thread, ample budget)--> Recorder --> ProbeTrace
 *                                                                     |  |
 *      every Policy at 10, 25, 50 % of the footprint  <-- Replay -----+  +--> Clairvoyant
 *      (the real LineageCache, stand-ins for values)                          who knows the future
 * }</pre>
 *
 * <p>A recorded trace is the sequence of probes with the measured cost, the size and the height of
 * each value. With reuse of whole operations on one thread a program asks for the same keys in the
 * same order whatever the cache holds, so a replay under another policy or budget asks what the
 * program would ask. Time saved is the sum of the costs of the values that were found.
 */
package dev.reprise.bench.eviction;
