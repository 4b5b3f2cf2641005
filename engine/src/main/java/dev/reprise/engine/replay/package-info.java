/**
 * Values made again from their lineage.
 *
 * <pre>
 *   Replayer       a trace of a file or of the store: every item once, without its script
 *   Recomputation  one item, down to what is at hand
 *     Restoration    values lost with an accelerator
 *     KnownContent   cells that the store has, or that are computed if that takes less (ContentPlan)
 *     PuttingOff     operations on such values, put off in turn
 * </pre>
 *
 * <p>Who makes a value again waits for no claim and takes none, so nobody waits in a circle; see
 * {@link dev.reprise.engine.replay.Restoration}.
 */
package dev.reprise.engine.replay;
