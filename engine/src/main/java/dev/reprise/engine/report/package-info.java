/**
 * What a run tells: while it goes on, to people and listeners, and what it did, for its report.
 *
 * <pre>
 *   control thread -- Counters ----merge, at its end--> RunCounters --snapshot--> statistics
 *   pool task ------- Tally ---------------------------^    (both leave a time line, too)
 *
 *   print, metric --- of the main program -----------------------> out, MetricSink
 *                 \-- of an iteration: OrderedOutput, Waiting ---^   in the order of a for loop
 *   progress -------- RunProgress --> listener, whose failure is a ListenerFailure
 * </pre>
 *
 * <p>Nothing that is told changes a result or a decision.
 *
 * <p><b>Threads.</b> {@link dev.reprise.engine.report.Counters} are plain fields and arrays that
 * their control thread alone writes; others see them when they have been merged. A {@code Waiting}
 * belongs to its worker. All else is for any thread.
 */
package dev.reprise.engine.report;
