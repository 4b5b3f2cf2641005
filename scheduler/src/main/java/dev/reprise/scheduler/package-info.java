/**
 * Runs tasks when their inputs are there.
 *
 * <pre>
 *   control thread                       CpuPool
 *   --------------                       -------
 *   room to run ahead   may wait, holds no claim
 *   probe ... Claim
 *   submit(task) -------------------->  waiting --last input done--> queue --> worker: run
 *   goes on                                                                    completes handles
 * </pre>
 *
 * <p>Who waits: a control thread for room to run ahead, or for a value that the program needs; a
 * worker only for work. Tasks wait as data, not as threads. Tasks form no cycle, since each depends
 * on handles that existed when it was made, and every one of these is completed by a task that was
 * submitted or is inside a claim, which passes on when its owner gives up. So some task can always
 * run.
 *
 * <p>The module knows values and handles, never the cache.
 */
package dev.reprise.scheduler;
