/**
 * Sequential loops, their seeds, and how their traces are stored.
 *
 * <pre>
 *   LoopNodes.For, While -- LoopTrace.Entry (one execution)
 *        first iterations   traced step by step, then stored as numbers of a run
 *        later ones         LoopRecorder: run without items along paths that are known
 *                             RecordedBody   the body, cut at its branches
 *                             KnownPaths     stretches between branches, as PathSymbols
 *                             PathUnderWay   where the iteration is
 * </pre>
 *
 * <p><b>Threads.</b> An execution of a loop belongs to its control thread; what all executions of a
 * loop share may be written by several at once, and then one of them learns a little later.
 */
package dev.reprise.engine.loop;
