/**
 * Whole runs of scripts that are left out, since an earlier one has done the same.
 *
 * <pre>
 *   a run that is executed: RunJournal notes reads, prints, writes, or that it must not be left out
 *        | ended well
 *        v
 *   RecalledRun, bytes in the store, under the key of script, arguments and options
 *        | the same script again (RunRepetition), before a session is opened (QuickRecall)
 *        v
 *   sources and files as they were? --yes--> print and write what it left
 *                                   --no---> false: compile and run
 * </pre>
 *
 * <p>With a session at hand {@code RunRecall} of the engine does the same, and keeps runs. Whoever
 * can put a record into a store must not choose what somebody else's run writes: a repetition
 * writes files that the script names, or its arguments do, and no others.
 *
 * <p><b>Threads.</b> A journal and the recorded sources are for any thread, as the workers of a
 * parfor write to them. All else is immutable and used by the thread that starts the script.
 */
package dev.reprise.engine.recall;
