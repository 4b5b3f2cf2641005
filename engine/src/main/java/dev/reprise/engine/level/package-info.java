/**
 * Calls and blocks found as wholes, above single operations: whether to ask, what was found, and
 * what an execution leaves. The data lies in {@code dev.reprise.engine.region}; {@link
 * dev.reprise.engine.level.LevelReuse} has the picture.
 *
 * <pre>
 *   Request --> LevelReuse --asks--> RegionLookup --hit--> FoundRegion: bound, or RegionCheck
 *                   |                     \-- LevelValues: its values, all or none
 *                   | missed
 *                   v
 *             CallsUnderWay: waits for an equal one, which may be found then
 *                   |
 *                   v
 *             RegionExecution --> FinishedRegion --> RegionPublisher: found the next time
 * </pre>
 *
 * <p><b>Threads.</b> Control threads; what an execution left is published by it, or by the thread
 * of the last operation to finish.
 */
package dev.reprise.engine.level;
