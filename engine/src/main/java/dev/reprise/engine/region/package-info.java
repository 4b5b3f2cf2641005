/**
 * Function bodies and blocks that may be reused as a whole, and what their executions left: data
 * alone. Package {@code level} of the engine asks, executes and publishes.
 *
 * <pre>
 *   Region: what it reads and changes, a fingerprint, whether asking pays
 *      | executed, while a Footprint notes what it called and whether it could repeat
 *      v
 *   Composite: outputs by key, never by value ---> Composites, by key of region and inputs
 *      |                                      ---> RegionRecord: bytes for the experiment store
 *      | found again: every Callee means the same in this program?
 *      v
 *   its outputs are gathered from the cache, and the body is left out
 * </pre>
 *
 * <p>A function is known here as a {@link dev.reprise.engine.region.Callee}: its name, its region
 * and its parameters. What executes it is not.
 *
 * <p><b>Threads.</b> {@link dev.reprise.engine.region.Composites} and {@link
 * dev.reprise.engine.region.Region} are for any thread; what several threads learn of a region at
 * once may get lost for one of them. A footprint belongs to one control thread, and is handed over
 * when that has ended. Composites and records are immutable. {@link
 * dev.reprise.engine.region.Publication} waits without a thread: the last operation to finish goes
 * on.
 */
package dev.reprise.engine.region;
