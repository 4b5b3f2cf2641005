/**
 * Values with their references, pins and copies, under one budget per location.
 *
 * <pre>
 *   program variables, queued tasks, cache entries
 *        | references (logical life)
 *        v
 *   Handle ---- complete ----> Value: ManagedMatrix ---- copies ----> host buffer
 *   (not there yet)                     ^                             (device, disk: later)
 *                                       | pins (physical residence)
 *                                  running kernels
 *
 *   HostMemory: budget >= used;  shortage -> Reclaimer (the cache) -> try again -> ResourceException
 * </pre>
 *
 * <p>A variable, a queued task and a cache entry hold references; only a kernel that runs holds
 * pins. Memory returns to its pool by the step that makes both zero. The module works without a
 * cache.
 *
 * <p>Nothing in here waits except {@link dev.reprise.memory.Handle#await}, and no lock is held
 * while another module is called.
 */
package dev.reprise.memory;
