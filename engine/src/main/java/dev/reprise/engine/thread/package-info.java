/**
 * The threads that run scripts: which work for a session, how they are told to stop, and how the
 * workers of a parfor share its iterations.
 *
 * <pre>
 *   session --- OpenRuns --- Entry: a run ------ Cancellation, seen at safe points
 *                              | shared(work)        ^ parent
 *                              v                     |
 *   parfor ---- WorkerThreads: its workers --- Cancellation of an iteration
 *                  | take                      RestingWorkers: who ended since memory was short
 *                  v
 *               TaskPartition, cut as ParForOptions say
 * </pre>
 *
 * <p>Knows nothing of what scripts do: a worker is a {@code Runnable}.
 *
 * <p><b>Threads.</b> All classes are for any thread. Only two methods wait: {@code OpenRuns.close}
 * for the runs that it has cancelled, and {@code WorkerThreads.join} for its workers. Neither is
 * called by a thread that it would wait for; the first refuses that.
 */
package dev.reprise.engine.thread;
