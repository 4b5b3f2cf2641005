/**
 * What the runs of a session share that knows of no program.
 *
 * <pre>
 *   Resources -- memory, disk, cache, store, processor, accelerators, pool, time line, metrics
 *       KernelRunner executes one operation with them
 * </pre>
 *
 * <p>{@link dev.reprise.engine.resource.Environment} is the one class that reads the environment.
 *
 * <p><b>Threads.</b> Any. Opened by the session's constructor in the order of the fields, closed in
 * reverse order by whoever closes the session.
 */
package dev.reprise.engine.resource;
